// Exact comparison of decimal texts, as Java's BigDecimal does it: filters of JSONPath compare numbers that a double
// would round, and text that is no number is an error with BigDecimal's own words.
import { PathError } from './path-error.ts';

interface Decimal {
  negative: boolean;
  /** Digits without zeros at either end; '' is zero. */
  digits: string;
  /** The power of ten of the first digit, plus one. */
  magnitude: number;
}

/** Up to 15 digits a double tells any two decimals apart. */
const SHORT_DECIMAL = /^-?\d{1,10}(?:\.\d{1,5})?$/;

export function compareDecimals(a: string, b: string): number {
  if (SHORT_DECIMAL.test(a) && SHORT_DECIMAL.test(b)) return Math.sign(Number(a) - Number(b));
  const left = parseDecimal(a);
  const right = parseDecimal(b);
  const sign = signOf(left) - signOf(right);
  if (sign !== 0 || left.digits === '') return Math.sign(sign);
  const order = compareMagnitude(left, right);
  return left.negative ? -order : order;
}

function signOf(value: Decimal): number {
  if (value.digits === '') return 0;
  return value.negative ? -1 : 1;
}

function compareMagnitude(a: Decimal, b: Decimal): number {
  if (a.magnitude !== b.magnitude) return a.magnitude < b.magnitude ? -1 : 1;
  if (a.digits === b.digits) return 0;
  return a.digits < b.digits ? -1 : 1;
}

function parseDecimal(text: string): Decimal {
  const [, sign, mantissa = '', exponentMark, exponentText = ''] = /^([-+]?)([\d.]*)([eE]?)(.*)$/s.exec(text)!;
  if (text === '') throw notANumber('null');
  if (exponentMark === '' && exponentText !== '') {
    throw notANumber(
      `Character ${exponentText[0]} is neither a decimal digit number, decimal point, nor "e" notation exponential mark.`,
    );
  }
  const [whole = '', fraction = '', more] = mantissa.split('.');
  if (more !== undefined) throw notANumber('Character array contains more than one decimal point.');
  if (exponentMark !== '') checkExponent(exponentText);
  if (whole + fraction === '') throw notANumber('No digits found.');
  const all = whole + fraction;
  const significant = all.replace(/^0+/, '');
  return {
    negative: sign === '-',
    digits: significant.replace(/0+$/, ''),
    magnitude: whole.length - (all.length - significant.length) + Number(exponentText || 0),
  };
}

function checkExponent(text: string): void {
  const digits = text.replace(/^[-+]/, '');
  if (digits === '') throw notANumber('null');
  if (!/^\d+$/.test(digits)) throw notANumber('Not a digit.');
  if (digits.replace(/^0+/, '').length > 10) throw notANumber('Too many nonzero exponent digits.');
}

function notANumber(message: string): PathError {
  return new PathError('InvalidPath', message);
}
