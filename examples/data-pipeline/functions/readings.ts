// What travels through the pipeline.

export interface Reading {
  meter: string;
  /** As in the file: an ISO timestamp. */
  time: string;
  value: number;
  unit: 'kWh' | 'MWh' | 'Wh';
}

export interface LoadedReading {
  meter: string;
  time: string;
  kilowattHours: number;
}

const KILOWATT_HOURS = { Wh: 0.001, kWh: 1, MWh: 1000 };

export function kilowattHours({ value, unit }: Reading): number {
  return value * KILOWATT_HOURS[unit];
}

export function isUnit(text: string): text is Reading['unit'] {
  return Object.hasOwn(KILOWATT_HOURS, text);
}

export class InvalidFormat extends Error {
  override name = 'InvalidFormat';
}
