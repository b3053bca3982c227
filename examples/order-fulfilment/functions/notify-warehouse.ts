// Tells the warehouse to pack. A flaky warehouse answers the third call: the attempt comes from the context object of
// the execution, so the function remembers nothing.
import { type Step, WarehouseUnavailable } from './order.ts';

export async function handler({ order, attempt }: Step) {
  if (order.warehouse === 'flaky' && attempt < 2) {
    throw new WarehouseUnavailable(`The warehouse does not answer (attempt ${attempt + 1}).`);
  }
  return { parcel: `parcel-${order.orderId}`, attempts: attempt + 1 };
}
