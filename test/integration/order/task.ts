// What every function of the test's order does: signs the order. `failures` of the order makes the first attempts fail.

interface Order {
  id: string;
  failures?: number;
  attempt?: number;
  signed?: string[];
}

export async function handler(order: Order): Promise<Order> {
  const { attempt = 0, failures = 0 } = order;
  if (attempt < failures) {
    const error = new Error(`attempt ${attempt} for ${order.id}`);
    error.name = 'OutOfPaper';
    throw error;
  }
  return { ...order, signed: [...(order.signed ?? []), process.env.AWS_LAMBDA_FUNCTION_NAME ?? ''] };
}
