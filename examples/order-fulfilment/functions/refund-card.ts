// Gives the money back. Named after the payment, so that doing it twice would be harmless.
import type { Failed } from './order.ts';

export async function handler({ payment }: Failed) {
  return payment === undefined
    ? { refunded: 0 }
    : { refunded: payment.amount, refundId: `refund-${payment.paymentId}` };
}
