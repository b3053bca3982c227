// What the functions of this workflow are given and give, and the errors that it knows.

export interface Item {
  sku: string;
  quantity: number;
  price: number;
}

export interface Order {
  orderId: string;
  email: string;
  card: string;
  items: Item[];
}

export interface Payment {
  paymentId: string;
  amount: number;
}

export class InvalidOrder extends Error {
  override name = 'InvalidOrder';
}

export class CardNetworkBusy extends Error {
  override name = 'CardNetworkBusy';
}

export class CardDeclined extends Error {
  override name = 'CardDeclined';
}

export class OutOfStock extends Error {
  override name = 'OutOfStock';
}
