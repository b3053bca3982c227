// Task: Credentials, the role that the task's call is made with.
import { isObject } from '../expr/json.ts';
import { objectTemplate, orExpression } from './expressions.ts';
import { type Check, type Field, fail, inside, locationOf } from './shape.ts';
import { text } from './values.ts';

/** A check that the role is there under one of these names, and that the first, where it is written, passes `literal`. */
function role(literal: Check, ...names: readonly ['RoleArn', ...string[]]): Check {
  return (value, place) => {
    if (!isObject(value)) fail(place, 'Expected value of type Object');
    else if (!names.some((name) => Object.hasOwn(value, name)))
      fail(place, "The field 'RoleArn' is required but was missing");
    else if (value.RoleArn !== undefined) literal(value.RoleArn, inside(place, value, locationOf(place), 'RoleArn'));
  };
}

const literalOrPath = role(text, 'RoleArn', 'RoleArn.$');

export const credentials: Field = {
  JSONPath: (value, place) => {
    literalOrPath(value, place);
    if (isObject(value)) objectTemplate(value, place);
  },
  JSONata: role(orExpression(text), 'RoleArn'),
};
