// Takes the money. A real payment service would be given the order's id as its idempotency key.
import type { PaidOrder, ReservedOrder } from './order.ts';

export async function handler(order: ReservedOrder): Promise<PaidOrder> {
  console.log(`charging ${order.total} for order ${order.orderId}`);
  return { ...order, paymentId: `payment-${order.orderId}` };
}
