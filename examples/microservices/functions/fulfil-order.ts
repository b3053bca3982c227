// Sends the parcel, if there is something to send.
import { type Fulfilment, OutOfStock } from './services.ts';

const STOCK = new Set(['BOOK-1', 'LAMP-7']);

export async function handler({ order }: Fulfilment): Promise<{ parcel: string }> {
  if (!STOCK.has(order.sku)) throw new OutOfStock(`There is no ${order.sku} left.`);
  return { parcel: `parcel-${order.orderId}` };
}
