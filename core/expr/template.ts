// Payload templates: JSON in which a key that ends in `.$` holds a path or an intrinsic function instead of a value. What
// a path selects is the document's own value, not a copy, so untouched payload keeps its identity.
import { runtimeError } from '../errors.ts';
import { evaluateIntrinsic } from './intrinsics.ts';
import { javaHashOrder } from './java-hash-order.ts';
import { isObject, type Json, type JsonObject, printJson, setOwn } from './json.ts';
import { PathError } from './jsonpath.ts';
import { documentOf, readPath, type Scope } from './scope.ts';

/** Deeper than the service lets a definition be; it bounds the recursion. */
const MAX_DEPTH = 1_000;

export function evaluateTemplate(template: Json, scope: Scope, depth = 0): Json {
  if (depth > MAX_DEPTH) throw runtimeError('The payload template is nested too deeply');
  if (Array.isArray(template)) return template.map((item) => evaluateTemplate(item, scope, depth + 1));
  if (!isObject(template)) return template;
  const result: JsonObject = {};
  const computed = new Map<string, Json>();
  for (const [key, value] of Object.entries(template)) {
    if (key.endsWith('.$')) computed.set(key.slice(0, -2), evaluateField(key, value, scope));
    else setOwn(result, key, evaluateTemplate(value, scope, depth + 1));
  }
  // Fixed fields come first, in their own order, then the computed ones in the order of the service's hash map.
  for (const key of javaHashOrder([...computed.keys()])) setOwn(result, key, computed.get(key)!);
  return result;
}

function evaluateField(field: string, value: Json, scope: Scope): Json {
  if (typeof value !== 'string') {
    throw runtimeError(
      `The value for the field '${field}' must be a valid JSONPath or a valid intrinsic function call`,
    );
  }
  if (!value.startsWith('$')) return evaluateIntrinsic(value, scope);
  try {
    return readPath(value, scope);
  } catch (error) {
    if (!(error instanceof PathError)) throw error;
    const document = printJson(documentOf(value, scope));
    throw runtimeError(
      `The JSONPath '${value}' specified for the field '${field}' could not be found in the input '${document}'`,
    );
  }
}
