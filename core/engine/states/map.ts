// Map, inline: one frame per item, as many at once as MaxConcurrency and the limits allow.
//   enter -> MapStateStarted, parked -> an iteration ends: the next one begins -> the last one ends: exit
import type { MapState } from '../../asl/definition.ts';
import { runtimeError, StatesError } from '../../errors.ts';
import { isObject, type Json, parseJson, printJson } from '../../expr/json.ts';
import { evaluateInteger, evaluateJsonataTemplate, evaluateTyped } from '../../expr/jsonata-template.ts';
import { evaluateTemplate } from '../../expr/template.ts';
import type { MapItem } from '../context-object.ts';
import { checkSize, effectiveInput, inputOf, jsonataScope, languageOf, pathScope, readField } from '../dataflow.ts';
import * as group from '../group.ts';
import { FLOAT, INTEGER, type NumberKind, numberAt } from '../number-path.ts';
import type { Frame } from '../state.ts';
import type { Step } from '../step.ts';

export async function begin(step: Step, frame: Frame, state: MapState): Promise<void> {
  if (state.ItemReader !== undefined) throw notDistributed();
  const concurrency = await maxConcurrency(step, frame, state);
  const found = await items(step, frame, state);
  const values = Array.isArray(found) ? found : Object.values(found);
  const started = step.emit(frame, 'MapStateStarted', { mapStateStartedEventDetails: { length: values.length } });
  const keys = Array.isArray(found) ? {} : { keys: Object.keys(found) };
  if (isDistributed(state)) {
    await tolerance(step, started, state);
    throw notDistributed();
  }
  const parked = step.set({ ...started, items: printJson(values), ...keys });
  const cap = step.env.limits.inlineMapConcurrency;
  const atOnce = concurrency === 0 ? cap : Math.min(concurrency, cap);
  await group.open(step, parked, state, values.length, atOnce, (index) => itemInput(step, parked, state, index));
}

export async function childEnded(
  step: Step,
  frame: Frame,
  state: MapState,
  child: Frame,
  output: string,
): Promise<void> {
  await group.ended(step, child, output, frame, state, (index) => itemInput(step, frame, state, index));
}

function isDistributed({ ItemProcessor, Iterator: iterator }: MapState): boolean {
  return (ItemProcessor ?? iterator)?.ProcessorConfig?.Mode === 'DISTRIBUTED';
}

export async function maxConcurrency(step: Step, frame: Frame, state: MapState): Promise<number> {
  if (typeof state.MaxConcurrency === 'string')
    return await evaluateInteger(state.MaxConcurrency, 'MaxConcurrency', 0, INTEGER.most, jsonataScope(step, frame));
  if (state.MaxConcurrencyPath === undefined) return state.MaxConcurrency ?? 0;
  return numberAt(step, frame, state, 'MaxConcurrencyPath', state.MaxConcurrencyPath, INTEGER);
}

function notDistributed(): StatesError {
  return runtimeError('Stepwell does not run Distributed Map yet: set the Mode of ProcessorConfig to INLINE.');
}

export interface Tolerance {
  count?: number;
  percentage?: number;
}

/** The failures that a Distributed Map tolerates, as far as its definition says. */
export async function tolerance(step: Step, frame: Frame, state: MapState): Promise<Tolerance> {
  const count = await tolerated(step, frame, state, 'ToleratedFailureCount', 'integer', INTEGER);
  const percentage = await tolerated(step, frame, state, 'ToleratedFailurePercentage', 'number', FLOAT);
  if (percentage !== undefined && (percentage < 0 || percentage > 100))
    throw runtimeError('ToleratedFailurePercentage must be between 0 and 100.');
  return { ...(count === undefined ? {} : { count }), ...(percentage === undefined ? {} : { percentage }) };
}

async function tolerated(
  step: Step,
  frame: Frame,
  state: MapState,
  field: 'ToleratedFailureCount' | 'ToleratedFailurePercentage',
  type: 'integer' | 'number',
  written: NumberKind,
): Promise<number | undefined> {
  const literal = state[field];
  if (typeof literal === 'string')
    return (await evaluateTyped(literal, field, type, jsonataScope(step, frame))) as number;
  const path = state[`${field}Path`];
  return path === undefined ? literal : numberAt(step, frame, state, `${field}Path`, path, written);
}

export async function items(step: Step, frame: Frame, state: MapState): Promise<Json[] | Record<string, Json>> {
  if (languageOf(step, state) === 'JSONata') {
    if (state.Items !== undefined)
      return (await evaluateTyped(state.Items, 'Items', 'array', jsonataScope(step, frame))) as Json[];
    const input = inputOf(frame);
    if (Array.isArray(input.value)) return input.value;
    const problem = `Map state input must be an array but was: ${printJson(input.value)}`;
    throw new StatesError('States.QueryEvaluationError', problem);
  }
  const input = effectiveInput(step, frame, state).value;
  const path = state.ItemsPath ?? '$';
  const value = readField(pathScope(step, frame, input), path);
  // Recorded: an inline Map does not go through the entries of an object.
  if (Array.isArray(value) || (isObject(value) && path !== '$' && isDistributed(state))) return value;
  // The service shows a path into the context object without its second `$` here.
  throw runtimeError(`Reference path "${path.replace('$$', '$')}" must point to array.`);
}

const parsedItems = new WeakMap<Frame, Json[]>();

/** The raw input of an iteration: its item, or what ItemSelector makes of it. JSON text. */
export async function itemInput(step: Step, frame: Frame, state: MapState, index: number): Promise<string> {
  let values = parsedItems.get(frame);
  if (values === undefined) {
    values = parseJson(frame.items ?? '[]') as Json[];
    parsedItems.set(frame, values);
  }
  const value = values[index]!;
  const key = frame.keys?.[index];
  const text = printJson(
    await selectedItem(step, frame, state, { index, value, ...(key === undefined ? {} : { key }) }),
  );
  checkSize(step, frame, text);
  return text;
}

async function selectedItem(step: Step, frame: Frame, state: MapState, item: MapItem): Promise<Json> {
  const selector = state.ItemSelector ?? state.Parameters;
  if (selector === undefined) return item.value;
  if (languageOf(step, state) === 'JSONata')
    return await evaluateJsonataTemplate(selector, 'ItemSelector', jsonataScope(step, frame, {}, item));
  const input = effectiveInput(step, frame, state).value;
  return evaluateTemplate(selector, pathScope(step, frame, input, item));
}
