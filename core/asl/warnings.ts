// Findings that do not stop a definition: text that looks like a path where nobody will read it as one.
import { isObject, type Json, type JsonObject } from '../expr/json.ts';
import type { Definition } from './definition.ts';
import { type Diagnostic, report, within } from './diagnostic.ts';
import { eachState, languageOfState } from './scope.ts';

const LOOKS_LIKE_PATH = /^\$\$?[.[]/;
const LOOKS_EVALUATED = /^(\$\$?[.[]|States\.\w+\()/;

/** Fields whose keys take `.$` when their value is to be evaluated. */
const TEMPLATES = ['Parameters', 'ResultSelector', 'ItemSelector', 'Assign'];
/** Fields that have a sibling whose name ends in `Path`. */
const LITERALS = ['Error', 'Cause'];

export function warnings(definition: Definition): Diagnostic[] {
  const found: Diagnostic[] = [];
  eachState(definition, (state, _name, location) => {
    if (languageOfState(definition, state) === 'JSONata') return;
    const fields = state as unknown as JsonObject;
    for (const field of TEMPLATES) warnNoDollar(fields[field], within(location, field), found);
    for (const field of LITERALS) warnNoPath(field, fields[field], location, found);
    if (state.Type === 'Choice') warnNoPathInRules(state.Choices as Json[], within(location, 'Choices'), found);
    if (state.Type === 'Pass' && looksDynamic(state.Result)) {
      const message = 'The Result of a Pass state is static: paths in it are not evaluated';
      warn(found, 'PASS_RESULT_IS_STATIC', message, within(location, 'Result'));
    }
  });
  return found;
}

function warn(found: Diagnostic[], code: string, message: string, location: string): void {
  report(found, code, message, location, 'WARNING');
}

function warnNoDollar(value: Json | undefined, location: string, found: Diagnostic[]): void {
  if (Array.isArray(value))
    for (const [index, item] of value.entries()) warnNoDollar(item, `${location}[${index}]`, found);
  if (!isObject(value)) return;
  for (const [key, item] of Object.entries<Json>(value as JsonObject)) {
    const here = within(location, key);
    if (typeof item !== 'string') warnNoDollar(item, here, found);
    else if (!key.endsWith('.$') && LOOKS_EVALUATED.test(item)) {
      const message = `No ".$" on the field '${key}' that appears to be a JSONPath or Intrinsic Function`;
      warn(found, 'NO_DOLLAR', message, here);
    }
  }
}

function warnNoPath(field: string, value: Json | undefined, location: string, found: Diagnostic[]): void {
  if (typeof value !== 'string' || !LOOKS_LIKE_PATH.test(value)) return;
  const message = `The value of the field '${field}' looks like a path, but the field name does not end with 'Path'`;
  warn(found, 'NO_PATH', message, within(location, field));
}

function warnNoPathInRules(rules: Json[], location: string, found: Diagnostic[]): void {
  for (const [index, rule] of rules.entries()) {
    if (!isObject(rule)) continue;
    const here = `${location}[${index}]`;
    for (const [key, value] of Object.entries<Json>(rule as JsonObject)) {
      if (key.startsWith('String') && !key.endsWith('Path')) warnNoPath(key, value, here, found);
      else if (Array.isArray(value)) warnNoPathInRules(value, within(here, key), found);
    }
  }
}

function looksDynamic(value: Json | undefined): boolean {
  if (typeof value === 'string') return LOOKS_EVALUATED.test(value);
  if (Array.isArray(value)) return value.some(looksDynamic);
  if (!isObject(value)) return false;
  return Object.entries<Json>(value as JsonObject).some(([key, item]) => key.endsWith('.$') || looksDynamic(item));
}
