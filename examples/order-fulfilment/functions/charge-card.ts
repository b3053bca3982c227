// Takes the money. The card 4000 0000 0000 0002 is declined, as with the test cards of payment services.
import { CardDeclined, type Step } from './order.ts';

export async function handler({ order }: Step) {
  const amount = order.items.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  if (order.card === '4000000000000002') {
    throw new CardDeclined(`The card ending in ${order.card.slice(-4)} was declined.`);
  }
  return { paymentId: `payment-${order.orderId}`, amount };
}
