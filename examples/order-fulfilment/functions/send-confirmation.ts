// Writes to the customer; here, to the log.
import type { Step } from './order.ts';

export async function handler({ order }: Step) {
  console.log(`to ${order.customer.email}: thank you for order ${order.orderId}`);
  return { messageId: `confirmation-${order.orderId}` };
}
