// Tells the team, and puts into words with which the execution ends what went wrong.
import type { Failed } from './order.ts';

export async function handler({ order, failure }: Failed) {
  const cause = `Order ${order.orderId} was not fulfilled: ${messageOf(failure.Cause)}`;
  console.log(`alert: ${failure.Error}: ${cause}`);
  return { error: failure.Error, cause };
}

/** The cause of a failed function is its error as JSON; any other cause is a text. */
function messageOf(cause: string): string {
  try {
    return JSON.parse(cause).errorMessage ?? cause;
  } catch {
    return cause;
  }
}
