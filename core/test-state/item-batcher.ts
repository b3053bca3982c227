// ItemBatcher: the inputs of iterations, grouped into those of child executions.
import type { MapState } from '../asl/definition.ts';
import { effectiveInput, jsonataScope, languageOf, pathScope, readField } from '../engine/dataflow.ts';
import { byteLength } from '../engine/payload.ts';
import type { Frame } from '../engine/state.ts';
import type { Step } from '../engine/step.ts';
import { runtimeError } from '../errors.ts';
import { isNumber, type Json, type JsonObject, parseJson, printJson, toNumber } from '../expr/json.ts';
import { evaluateJsonataTemplate, evaluateTyped } from '../expr/jsonata-template.ts';
import { evaluateTemplate } from '../expr/template.ts';

/** A batch ends where the next item would make it too many, or too large in bytes. */
export async function batches(
  step: Step,
  frame: Frame,
  state: MapState,
  batcher: JsonObject,
  inputs: string[],
): Promise<Json[]> {
  const most = (await number(step, frame, state, batcher, 'MaxItemsPerBatch')) ?? Number.POSITIVE_INFINITY;
  const bytes = (await number(step, frame, state, batcher, 'MaxInputBytesPerBatch')) ?? step.env.limits.payloadBytes;
  const shared = await batchInput(step, frame, state, batcher);
  const grouped: Json[][] = [];
  for (const input of inputs.map(parseJson)) {
    const last = grouped.at(-1);
    const grown = [...(last ?? []), input];
    const isRoom = grown.length <= most && byteLength(printJson({ ...shared, Items: grown })) <= bytes;
    if (last !== undefined && isRoom) last.push(input);
    else grouped.push([input]);
  }
  return grouped.map((Items) => ({ ...shared, Items }));
}

async function batchInput(step: Step, frame: Frame, state: MapState, batcher: JsonObject): Promise<JsonObject> {
  const template = batcher.BatchInput;
  if (template === undefined) return {};
  const BatchInput =
    languageOf(step, state) === 'JSONata'
      ? await evaluateJsonataTemplate(template, 'ItemBatcher/BatchInput', jsonataScope(step, frame))
      : evaluateTemplate(template, pathScope(step, frame, effectiveInput(step, frame, state).value));
  return { BatchInput };
}

/** A number as a literal, an expression, or behind a path. */
async function number(
  step: Step,
  frame: Frame,
  state: MapState,
  batcher: JsonObject,
  field: 'MaxItemsPerBatch' | 'MaxInputBytesPerBatch',
): Promise<number | undefined> {
  const literal = batcher[field];
  if (isNumber(literal)) return toNumber(literal);
  if (typeof literal === 'string')
    return (await evaluateTyped(literal, `ItemBatcher/${field}`, 'integer', jsonataScope(step, frame))) as number;
  const path = batcher[`${field}Path`];
  if (typeof path !== 'string') return undefined;
  const value = readField(pathScope(step, frame, effectiveInput(step, frame, state).value), path);
  if (isNumber(value)) return toNumber(value);
  throw runtimeError(
    `The ${field}Path field refers to value "${printJson(value)}" which is not a valid integer: ${path}`,
  );
}
