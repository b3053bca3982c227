// Task: Credentials, the role that the task's call is made with.
import { isObject } from '../expr/json.ts';
import { jsonata, objectTemplate } from './expressions.ts';
import { type Check, type Field, fail } from './shape.ts';

const needsRole: Check = (value, place) => {
  if (!isObject(value)) fail(place, 'Expected value of type Object');
  else if (!Object.hasOwn(value, 'RoleArn') && !Object.hasOwn(value, 'RoleArn.$'))
    fail(place, "The field 'RoleArn' is required but was missing");
};

const expressions = jsonata();

export const credentials: Field = {
  JSONPath: (value, place) => {
    needsRole(value, place);
    if (isObject(value)) objectTemplate(value, place);
  },
  JSONata: (value, place) => {
    needsRole(value, place);
    expressions(value, place);
  },
};
