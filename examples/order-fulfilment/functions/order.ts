// What the functions of this workflow are given, and the errors that its Retry and Catch name.

export interface Order {
  orderId: string;
  customer: { email: string };
  card: string;
  items: { sku: string; quantity: number; price: number }[];
  /** `flaky`: a warehouse that answers only the third call. */
  warehouse?: 'flaky';
}

/** The input of the five steps: the order, and how often this step was tried before. */
export interface Step {
  order: Order;
  attempt: number;
}

/** The input of what cleans up: all that happened so far. */
export interface Failed {
  order: Order;
  hold?: { holdId: string };
  payment?: { paymentId: string; amount: number };
  failure: { Error: string; Cause: string };
}

export class InvalidOrder extends Error {
  override name = 'InvalidOrder';
}

export class CardDeclined extends Error {
  override name = 'CardDeclined';
}

export class WarehouseUnavailable extends Error {
  override name = 'WarehouseUnavailable';
}
