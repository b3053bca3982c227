// Assign: the variables a state sets. Names are identifiers of at most 80 characters, `states` is reserved, and an
// inner scope cannot set a variable that a scope around it sets: it would be invisible outside anyway.
import { isObject } from '../expr/json.ts';
import { jsonata, objectTemplate, type Reads } from './expressions.ts';
import { type Check, type Field, fail, type Place } from './shape.ts';

const NAME = /^\p{ID_Start}\p{ID_Continue}*$/u;
const NAME_LENGTH = 80;

/** The variable that a key of Assign sets; in JSONPath the key may end in `.$`. */
export function assignedName(key: string): string {
  return key.endsWith('.$') ? key.slice(0, -2) : key;
}

const names: Check = (value, place) => {
  if (isObject(value)) for (const key of Object.keys(value)) checkName(assignedName(key), place);
};

/** The field Assign, where its expressions can read this. */
export function assign(reads: Reads = 'input'): Field {
  const expressions = jsonata(reads);
  return {
    JSONPath: (value, place) => {
      names(value, place);
      objectTemplate(value, place);
    },
    JSONata: (value, place) => {
      names(value, place);
      if (isObject(value)) expressions(value, place);
      else fail(place, 'Expected value of type Object');
    },
  };
}

function checkName(name: string, place: Place): void {
  if (name === 'states')
    fail(place, "Cannot assign to reserved variable '$states'.", undefined, 'RESERVED_VARIABLE_NAME');
  else if (!NAME.test(name)) invalid(name, 'the variable name contains invalid characters.', place);
  else if (name.length > NAME_LENGTH)
    invalid(name, `the variable name is longer than ${NAME_LENGTH} characters.`, place);
}

function invalid(name: string, why: string, place: Place): void {
  fail(place, `Invalid variable name '${name}': ${why}`, undefined, 'INVALID_VARIABLE_NAME');
}
