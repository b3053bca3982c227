// Hands the parcel over and brings back its tracking number.
import type { PaidOrder, ShippedOrder } from './order.ts';

export async function handler(order: PaidOrder): Promise<ShippedOrder> {
  return { ...order, trackingNumber: `parcel-${order.orderId}` };
}
