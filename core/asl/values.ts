// The kinds of values a field of the Amazon States Language can have. Each check says what is wrong in AWS's words.
// Numbers that pass are put back as plain JavaScript numbers, so that nobody later meets a raw token such as `2.0`.
import { isNumber, isObject, setOwn, toNumber } from '../expr/json.ts';
import { parseTimestamp } from '../expr/timestamp.ts';
import { type Check, fail, type Place } from './shape.ts';

export const anything: Check = () => {};

export const text: Check = (value, place) => {
  if (typeof value !== 'string') fail(place, 'Expected value of type String');
};

export const flag: Check = (value, place) => {
  if (typeof value !== 'boolean') fail(place, 'Expected value of type Boolean');
};

export const object: Check = (value, place) => {
  if (!isObject(value)) fail(place, 'Expected value of type Object');
};

export const timestamp: Check = (value, place) => {
  if (typeof value !== 'string') fail(place, 'Expected value of type String');
  else if (parseTimestamp(value) === undefined) fail(place, 'String does not match RFC3339 timestamp');
};

export function oneOf(...allowed: string[]): Check {
  return (value, place) => {
    if (typeof value !== 'string' || !allowed.includes(value))
      fail(place, `Value should be one of the following: [${allowed.join(', ')}]`);
  };
}

export function integer(minimum: number, maximum = Number.MAX_SAFE_INTEGER): Check {
  return (value, place) => {
    if (!isNumber(value) || !Number.isInteger(toNumber(value))) fail(place, 'Expected value of type Integer');
    else keepInRange(toNumber(value), minimum, maximum, String, place);
  };
}

export function decimal(minimum: number, maximum = Number.MAX_VALUE): Check {
  return (value, place) => {
    if (!isNumber(value)) fail(place, 'Expected value of type Double');
    else keepInRange(toNumber(value), minimum, maximum, (limit) => limit.toFixed(1), place);
  };
}

function keepInRange(
  value: number,
  minimum: number,
  maximum: number,
  print: (limit: number) => string,
  place: Place,
): void {
  if (value < minimum) fail(place, `Minimum value is ${print(minimum)}`);
  else if (value > maximum) fail(place, `Maximum value is ${print(maximum)}`);
  else setOwn(place.owner, place.field, value);
}

export function arrayOf(check: Check, minimum = 0): Check {
  return (value, place) => {
    if (!Array.isArray(value)) fail(place, 'Expected value of type Array');
    else if (value.length < minimum) fail(place, 'Value cannot be empty');
    else for (const [index, item] of value.entries()) check(item, { ...place, field: `${place.field}[${index}]` });
  };
}
