// Takes the money, under the order's own id: asked twice, a payment service takes it once.
import { CardDeclined, type Charge, type Payment } from './services.ts';

export async function handler({ orderId, amount, card }: Charge): Promise<Payment> {
  if (card === '0002') throw new CardDeclined(`The card ending in ${card} was declined.`);
  return { paymentId: `payment-${orderId}`, amount };
}
