// Looks the order through and adds it up.
import { InvalidOrder, type Order } from './order.ts';

export async function handler(order: Order) {
  if (!Array.isArray(order.items) || order.items.length === 0) throw new InvalidOrder('There is nothing in it.');
  if (!order.email?.includes('@')) throw new InvalidOrder('It has no address to write to.');
  return { ...order, amount: order.items.reduce((sum, { quantity, price }) => sum + quantity * price, 0) };
}
