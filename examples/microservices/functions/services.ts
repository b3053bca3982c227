// What the services are given and give back, and the errors by which they refuse.

export interface User {
  userId: string;
  /** The last four digits of the card on file. */
  card: string;
}

export interface Charge {
  orderId: string;
  amount: number;
  card: string;
}

export interface Payment {
  paymentId: string;
  amount: number;
}

export interface Fulfilment {
  order: { orderId: string; sku: string; amount: number };
  userId: string;
}

export class NotAuthenticated extends Error {
  override name = 'NotAuthenticated';
}

export class CardDeclined extends Error {
  override name = 'CardDeclined';
}

export class OutOfStock extends Error {
  override name = 'OutOfStock';
}
