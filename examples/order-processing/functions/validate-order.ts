// Refuses an order that cannot be worked on and gives every other one its total.
import type { Order, PricedOrder } from './order.ts';

class InvalidOrder extends Error {
  override name = 'InvalidOrder';
}

export async function handler(order: Order): Promise<PricedOrder> {
  if (!order.orderId) throw new InvalidOrder('An order needs an orderId.');
  const items = order.items ?? [];
  const wrong = items.find(({ quantity }) => !(quantity > 0));
  if (wrong) throw new InvalidOrder(`The quantity of ${wrong.sku} must be above 0.`);
  const total = items.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  return { ...order, items, total };
}
