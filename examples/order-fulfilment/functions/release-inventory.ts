// Puts the items back on the shelf.
import type { Failed } from './order.ts';

export async function handler({ hold }: Failed) {
  return { released: hold?.holdId ?? null };
}
