// Asks a person whether an image may go to production; its answer is not the function's, but what becomes of the token.
interface Request {
  image: string;
  execution: string;
  token: string;
}

export async function handler({ image, execution }: Request) {
  const name = execution.split(':').slice(-2).join(':');
  console.log(`${image} is on staging. To production: stepwell approve ${name} --output '{"by":"your name"}'`);
  console.log(`Not to production: stepwell reject ${name} --error NotApproved --cause 'why not'`);
}
