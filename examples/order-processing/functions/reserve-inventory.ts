// Sets the items aside. The reservation is named after the order, so reserving twice would be harmless.
import type { PricedOrder, ReservedOrder } from './order.ts';

export async function handler(order: PricedOrder): Promise<ReservedOrder> {
  console.log(`reserving ${order.items.length} items for order ${order.orderId}`);
  return { ...order, reservationId: `reservation-${order.orderId}` };
}
