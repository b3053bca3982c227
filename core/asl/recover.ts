// Retry and Catch of Task, Parallel and Map.
import type { Json } from '../expr/json.ts';
import { assign } from './assign.ts';
import { within } from './diagnostic.ts';
import { jsonata, resultPath } from './expressions.ts';
import {
  type Check,
  type Field,
  fail,
  inBoth,
  inJsonata,
  inJsonPath,
  locationOf,
  member,
  objectOf,
  type Shape,
} from './shape.ts';
import { arrayOf, decimal, integer, oneOf, text } from './values.ts';

const LONGEST = 99_999_999;
const ERROR_EQUALS = inBoth(arrayOf(text, 1));

const RETRIER: Shape = {
  fields: {
    Comment: inBoth(text),
    ErrorEquals: ERROR_EQUALS,
    // AWS documents a minimum of 1 and accepts 0.
    IntervalSeconds: inBoth(integer(0, LONGEST)),
    MaxAttempts: inBoth(integer(0, LONGEST)),
    BackoffRate: inBoth(decimal(1)),
    MaxDelaySeconds: inBoth(integer(1, 31_622_400)),
    JitterStrategy: inBoth(oneOf('NONE', 'FULL')),
  },
  required: ['ErrorEquals'],
};

const CATCHER: Shape = {
  fields: {
    Comment: inBoth(text),
    ErrorEquals: ERROR_EQUALS,
    Next: inBoth(text),
    ResultPath: inJsonPath(resultPath),
    Output: inJsonata(jsonata('errorOutput')),
    Assign: assign('errorOutput'),
  },
  required: ['ErrorEquals', 'Next'],
};

/** An array of retriers or catchers, in which States.ALL stands alone and in the last one. */
function listOf(shape: Shape): Check {
  const items = arrayOf(objectOf(shape));
  return (value, place) => {
    items(value, place);
    if (!Array.isArray(value)) return;
    for (const [index, item] of value.entries()) {
      const errors = errorsOf(item);
      if (!errors.includes('States.ALL') || (errors.length === 1 && index === value.length - 1)) continue;
      const location = within(`${locationOf(place)}[${index}]`, 'ErrorEquals');
      fail(place, 'States.ALL must appear alone and at end of list', location);
    }
  };
}

function errorsOf(item: Json): Json[] {
  const errors = member(item, 'ErrorEquals');
  return Array.isArray(errors) ? errors : [];
}

export const retry: Field = inBoth(listOf(RETRIER));
export const catchers: Field = inBoth(listOf(CATCHER));
