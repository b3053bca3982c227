// JSON text as the recording client printed it, with a space after every comma and colon. Where the service gives a
// text back untouched, the recording shows those spaces.
import type { Json } from '../../core/expr/json.ts';
import { isObject, printJson } from '../../core/expr/json.ts';

export function spacedJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(', ')}]`;
  if (!isObject(value)) return printJson(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${spacedJson(member)}`);
  return `{${members.join(', ')}}`;
}
