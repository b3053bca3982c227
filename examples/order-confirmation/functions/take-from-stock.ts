// Takes the items from the shelf; there are ten of each.
import { type Item, OutOfStock } from './order.ts';

const ON_SHELF = 10;

export async function handler({ items }: { items: Item[] }) {
  const missing = items.find(({ quantity }) => quantity > ON_SHELF);
  if (missing !== undefined) throw new OutOfStock(`There are not ${missing.quantity} of ${missing.sku}.`);
  return { left: Object.fromEntries(items.map(({ sku, quantity }) => [sku, ON_SHELF - quantity])) };
}
