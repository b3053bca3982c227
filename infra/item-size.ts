// What DynamoDB counts as the size of an item, and what it charges for it.

import type { AttributeValue } from '../core/ports.ts';

const WRITE_UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;

/** Names and values of all attributes, in bytes. */
export function itemSize(attributes: Record<string, AttributeValue>): number {
  let size = 0;
  for (const [name, value] of Object.entries(attributes)) size += Buffer.byteLength(name) + valueSize(value);
  return size;
}

function valueSize(value: AttributeValue): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return numberSize(value);
  return value.length;
}

/** One byte for two significant digits, one more for the number, and one for a minus sign. */
function numberSize(value: number): number {
  const [mantissa = ''] = Math.abs(value).toExponential().split('e');
  const digits = mantissa.replace('.', '').length;
  return Math.ceil(digits / 2) + 1 + (value < 0 ? 1 : 0);
}

export function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));
}

/** Of a strongly consistent read; an eventually consistent one costs half. */
export function readUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES));
}
