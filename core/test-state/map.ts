// What a tested Map makes of its input before it would run iterations: its items, the input of each, its limits. The
// iterations themselves are mocked, so inline and distributed Maps are alike here.
import { validation } from '../api/exceptions.ts';
import type { MapState } from '../asl/definition.ts';
import { effectiveInput, inputOf, jsonataScope, languageOf, pathScope, readField } from '../engine/dataflow.ts';
import type { Frame } from '../engine/state.ts';
import { itemInput, items, maxConcurrency } from '../engine/states/map.ts';
import type { Step } from '../engine/step.ts';
import { runtimeError } from '../errors.ts';
import { isNumber, type Json, type JsonObject, parseJson, printJson, toNumber } from '../expr/json.ts';
import { evaluateJsonataTemplate, evaluateTyped } from '../expr/jsonata-template.ts';
import { evaluateTemplate } from '../expr/template.ts';
import type { MapDetails } from './inspection.ts';
import { readItems } from './item-reader.ts';
import type { StateConfiguration } from './request.ts';

/** Gives the number of items. `details` is filled stage by stage, so that a failing stage leaves those before it. */
export async function evaluateMap(
  step: Step,
  frame: Frame,
  state: MapState,
  configuration: StateConfiguration,
  details: MapDetails,
): Promise<number> {
  const found = await itemsOf(step, frame, state, configuration, details);
  const values = Array.isArray(found) ? found : Object.values(found);
  const keys = Array.isArray(found) ? {} : { keys: Object.keys(found) };
  const inputs = await iterationInputs(step, { ...frame, items: printJson(values), ...keys }, state, values.length);
  if (state.ItemSelector !== undefined || state.Parameters !== undefined)
    details.afterItemSelector = `[${inputs.join(',')}]`;
  const batches = await batched(step, frame, state, inputs);
  if (batches !== undefined) details.afterItemBatcher = printJson(batches);
  details.maxConcurrency = await maxConcurrency(step, frame, state);
  const count = await limit(step, frame, state, 'ToleratedFailureCount');
  if (count !== undefined) details.toleratedFailureCount = count;
  const percentage = await limit(step, frame, state, 'ToleratedFailurePercentage');
  if (percentage !== undefined) details.toleratedFailurePercentage = percentage;
  return values.length;
}

async function itemsOf(
  step: Step,
  frame: Frame,
  state: MapState,
  { mapItemReaderData }: StateConfiguration,
  details: MapDetails,
): Promise<Json[] | Record<string, Json>> {
  if (state.ItemReader !== undefined) {
    if (mapItemReaderData === undefined) return [];
    const read = readItems(state.ItemReader, mapItemReaderData);
    if (read.isPointed) details.afterItemsPointer = printJson(read.items);
    return read.items;
  }
  const found = await items(step, frame, state);
  if (languageOf(step, state) === 'JSONPath') details.afterItemsPath = printJson(found as Json);
  return found;
}

async function iterationInputs(step: Step, frame: Frame, state: MapState, count: number): Promise<string[]> {
  const inputs: string[] = [];
  for (let index = 0; index < count; index++) inputs.push(await itemInput(step, frame, state, index));
  return inputs;
}

/** The inputs of child executions where an ItemBatcher groups items; a batch that gets too large in bytes is ended. */
async function batched(step: Step, frame: Frame, state: MapState, inputs: string[]): Promise<Json[] | undefined> {
  const batcher = state.ItemBatcher;
  if (batcher === undefined) return undefined;
  const value = await template(step, frame, state, batcher);
  const most = await number(step, frame, batcher, 'MaxItemsPerBatch');
  const bytes = await number(step, frame, batcher, 'MaxInputBytesPerBatch');
  const shared = value.BatchInput === undefined ? {} : { BatchInput: value.BatchInput };
  const batches: Json[][] = [];
  for (const text of inputs) {
    const last = batches.at(-1);
    const item = parseJson(text);
    const fits =
      last !== undefined &&
      last.length < (most ?? Number.POSITIVE_INFINITY) &&
      Buffer.byteLength(printJson({ ...shared, Items: [...last, item] })) <= (bytes ?? step.env.limits.payloadBytes);
    if (fits) last.push(item);
    else batches.push([item]);
  }
  return batches.map((items) => ({ ...shared, Items: items }));
}

/** The fixed part of a batcher: only its BatchInput is a template. */
async function template(step: Step, frame: Frame, state: MapState, batcher: JsonObject): Promise<JsonObject> {
  if (batcher.BatchInput === undefined) return {};
  const BatchInput =
    languageOf(step, state) === 'JSONata'
      ? await evaluateJsonataTemplate(batcher.BatchInput, 'ItemBatcher/BatchInput', jsonataScope(step, frame))
      : evaluateTemplate(batcher.BatchInput, pathScope(step, frame, effectiveInput(step, frame, state).value));
  return { BatchInput };
}

async function limit(
  step: Step,
  frame: Frame,
  state: MapState,
  field: 'ToleratedFailureCount' | 'ToleratedFailurePercentage',
): Promise<number | undefined> {
  return await number(step, frame, state as unknown as JsonObject, field);
}

/** A number as a literal, an expression, or behind a path. */
async function number(step: Step, frame: Frame, owner: JsonObject, field: string): Promise<number | undefined> {
  const literal = owner[field];
  if (isNumber(literal)) return toNumber(literal);
  if (typeof literal === 'string') {
    const expected = field.endsWith('Percentage') ? 'number' : 'integer';
    return (await evaluateTyped(literal, field, expected, jsonataScope(step, frame))) as number;
  }
  const path = owner[`${field}Path`];
  if (typeof path !== 'string') return undefined;
  const value = readField(pathScope(step, frame, inputOf(frame).value), path);
  if (isNumber(value)) return toNumber(value);
  const shown = typeof value === 'string' ? value : printJson(value);
  throw runtimeError(`The ${field}Path field refers to value "${shown}" which is not a valid integer: ${path}`);
}

/** Whether so many failed iterations fail the Map; without a limit, one does. */
export function isOverTolerance(
  failures: number,
  total: number,
  { toleratedFailureCount, toleratedFailurePercentage }: MapDetails,
): boolean {
  if (failures > total)
    throw validation('MapIterationFailureCount must not be greater than the number of items of the Map state.');
  const isOverCount = toleratedFailureCount !== undefined && failures > toleratedFailureCount;
  const isOverPercentage =
    toleratedFailurePercentage !== undefined && total > 0 && (failures / total) * 100 > toleratedFailurePercentage;
  if (toleratedFailureCount === undefined && toleratedFailurePercentage === undefined) return failures > 0;
  return isOverCount || isOverPercentage;
}
