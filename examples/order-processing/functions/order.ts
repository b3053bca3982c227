// What travels from state to state: every function adds its part.

export interface Item {
  sku: string;
  quantity: number;
  price: number;
}

export interface Order {
  orderId: string;
  items?: Item[];
}

export interface PricedOrder extends Order {
  items: Item[];
  total: number;
}

export interface ReservedOrder extends PricedOrder {
  reservationId: string;
}

export interface PaidOrder extends ReservedOrder {
  paymentId: string;
}

export interface ShippedOrder extends PaidOrder {
  trackingNumber: string;
}
