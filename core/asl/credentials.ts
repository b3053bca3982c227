// Task: Credentials, the role that the task's call is made with.
import { isObject } from '../expr/json.ts';
import { objectTemplate } from './expressions.ts';
import { type Check, type Field, fail } from './shape.ts';
import { jsonata } from './values.ts';

const needsRole: Check = (value, place) => {
  if (!isObject(value)) fail(place, 'Expected value of type Object');
  else if (!Object.hasOwn(value, 'RoleArn') && !Object.hasOwn(value, 'RoleArn.$'))
    fail(place, "The field 'RoleArn' is required but was missing");
};

export const credentials: Field = {
  JSONPath: (value, place) => {
    needsRole(value, place);
    if (isObject(value)) objectTemplate(value, place);
  },
  JSONata: (value, place) => {
    needsRole(value, place);
    jsonata(value, place);
  },
};
