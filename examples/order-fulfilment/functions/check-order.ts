// Refuses an order that cannot be worked on, and holds the items of every other one until it is paid.
import { InvalidOrder, type Step } from './order.ts';

export async function handler({ order }: Step) {
  if (!order.orderId) throw new InvalidOrder('An order needs an orderId.');
  if (!order.items?.length) throw new InvalidOrder(`Order ${order.orderId} has no items.`);
  return { holdId: `hold-${order.orderId}` };
}
