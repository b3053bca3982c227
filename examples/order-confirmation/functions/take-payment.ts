// Takes the money. The card ending in 0002 is declined; that ending in 0119 meets a busy network at the first attempt.
import { CardDeclined, CardNetworkBusy, type Payment } from './order.ts';

interface Charge {
  orderId: string;
  card: string;
  amount: number;
  attempt: number;
}

export async function handler({ orderId, card, amount, attempt }: Charge): Promise<Payment> {
  if (card.endsWith('0002')) throw new CardDeclined('The card was declined.');
  if (card.endsWith('0119') && attempt === 0) throw new CardNetworkBusy('Try again.');
  return { paymentId: `payment-${orderId}`, amount };
}
