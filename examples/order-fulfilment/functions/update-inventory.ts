// Turns what was held into what is sold.
import type { Step } from './order.ts';

export async function handler({ order }: Step) {
  return { sold: order.items.map(({ sku, quantity }) => ({ sku, quantity })) };
}
