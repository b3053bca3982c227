// Input and output processing of every state, in both languages, and nowhere else.
//   JSONPath: raw input -> InputPath -> Parameters -> work -> ResultSelector -> ResultPath into the raw input -> OutputPath
//   JSONata:  input -> Arguments -> work -> Output; Assign and Output are both computed from the values at entry.
import type { Catcher, QueryLanguage, State } from '../asl/definition.ts';
import { runtimeError, StatesError } from '../errors.ts';
import { isObject, type Json, type JsonObject, parseJson, printJson } from '../expr/json.ts';
import type { JsonataScope } from '../expr/jsonata.ts';
import { evaluateJsonataTemplate } from '../expr/jsonata-template.ts';
import { PathError } from '../expr/jsonpath.ts';
import { writeReferencePath } from '../expr/reference-path.ts';
import { readPath, type Scope } from '../expr/scope.ts';
import { evaluateTemplate } from '../expr/template.ts';
import { contextObject, type MapItem } from './context-object.ts';
import { byteLength, compact, type Payload, payload, payloadOf } from './payload.ts';
import type { Frame } from './state.ts';
import type { Step } from './step.ts';

export function languageOf(step: Step, state: State): QueryLanguage {
  return state.QueryLanguage ?? step.definition.QueryLanguage ?? 'JSONPath';
}

const parsedVariables = new WeakMap<Record<string, string>, Record<string, Json>>();

/** The variables a frame can read: its own, over those of the frames around it. */
export function visibleVariables(step: Step, frame: Frame): Record<string, Json> {
  const visible: Record<string, Json> = Object.create(null);
  for (const { variables } of step.lineage(frame)) {
    if (variables === undefined) continue;
    let parsed = parsedVariables.get(variables);
    if (parsed === undefined) {
      parsed = Object.fromEntries(Object.entries(variables).map(([name, text]) => [name, parseJson(text)]));
      parsedVariables.set(variables, parsed);
    }
    Object.assign(visible, parsed);
  }
  return visible;
}

/** Context object and variables are made when a path reads them: most read neither. */
export function pathScope(step: Step, frame: Frame, input: Json, item?: MapItem): Scope {
  return {
    input,
    get context() {
      return contextObject(step, frame, item);
    },
    get variables() {
      return visibleVariables(step, frame);
    },
    random: step.env.random,
    newId: step.env.newId,
  };
}

/** `states` beside input and context: `result` or `errorOutput`, where the field may read them. */
export function jsonataScope(
  step: Step,
  frame: Frame,
  states: { result?: Json; errorOutput?: Json } = {},
  item?: MapItem,
): JsonataScope {
  return {
    states: { input: inputOf(frame).value, context: contextObject(step, frame, item), ...states },
    variables: visibleVariables(step, frame),
    now: step.now,
    random: step.env.random,
    newId: step.env.newId,
  };
}

const rawInputs = new WeakMap<object, Payload>();

/** The raw input of the frame's state, parsed once per visit. */
export function inputOf(frame: Frame): Payload {
  const visit = frame.entered ?? frame;
  let input = rawInputs.get(visit);
  if (input === undefined) {
    input = payload(frame.input);
    rawInputs.set(visit, input);
  }
  return input;
}

/** InputPath or OutputPath over a document. */
function select(step: Step, frame: Frame, path: string | null | undefined, document: Payload): Payload {
  if (path === undefined || path === '$') return document;
  if (path === null) return payload('{}');
  return payloadOf(readField(pathScope(step, frame, document.value), path), document);
}

/** Reads a path of a field such as InputPath; the service's text for one that leads nowhere. */
export function readField(scope: Scope, path: string): Json {
  try {
    return readPath(path, scope);
  } catch (error) {
    if (error instanceof PathError) throw runtimeError(`Invalid path '${path}' : ${error.message}`);
    throw error;
  }
}

/** The input after InputPath; in JSONata the input itself. */
export function effectiveInput(step: Step, frame: Frame, state: State): Payload {
  if (languageOf(step, state) === 'JSONata') return inputOf(frame);
  const input = select(step, frame, state.InputPath, inputOf(frame));
  step.observe('afterInputPath', input.text);
  return input;
}

type WorkState = State & { Parameters?: Json; Arguments?: Json };

/** What a Task, Parallel, or Pass works on: after Parameters or Arguments. */
export async function workInput(step: Step, frame: Frame, state: WorkState): Promise<Payload> {
  const given = await givenInput(step, frame, state);
  checkSize(step, frame, given.text);
  return given;
}

/** What a state gives to its work must not be larger than any other payload. */
export function checkSize(step: Step, frame: Frame, text: string): void {
  if (byteLength(text) > step.env.limits.payloadBytes) throw tooLarge(frame.state);
}

async function givenInput(step: Step, frame: Frame, state: WorkState): Promise<Payload> {
  if (languageOf(step, state) === 'JSONata') {
    if (state.Arguments === undefined) return inputOf(frame);
    const value = await evaluateJsonataTemplate(state.Arguments, 'Arguments', jsonataScope(step, frame));
    const given = payloadOf(value, inputOf(frame));
    step.observe('afterArguments', given.text);
    return given;
  }
  const input = effectiveInput(step, frame, state);
  const given =
    state.Parameters === undefined
      ? input
      : payloadOf(evaluateTemplate(state.Parameters, pathScope(step, frame, input.value)), input);
  step.observe('afterParameters', given.text);
  return given;
}

/** What leaving a state produces. */
export interface Departure {
  output: Payload;
  assigned: Record<string, string> | undefined;
}

interface OutputFields {
  Assign?: JsonObject;
  Output?: Json;
}

/** Departure of a state that had a result: Pass, Task, Parallel, Map. */
export async function departWithResult(
  step: Step,
  frame: Frame,
  state: State & { ResultSelector?: JsonObject; ResultPath?: string | null },
  result: Payload,
): Promise<Departure> {
  if (languageOf(step, state) === 'JSONata') {
    const states = state.Type === 'Pass' ? {} : { result: result.value };
    return await departByJsonata(step, frame, state, '', states, result);
  }
  const selected =
    state.ResultSelector === undefined
      ? result
      : payloadOf(evaluateTemplate(state.ResultSelector, pathScope(step, frame, result.value)), result);
  step.observe('afterResultSelector', selected.text);
  const placed = placeResult(inputOf(frame), state.ResultPath, selected);
  step.observe('afterResultPath', placed.text);
  return checked(step, frame, {
    output: select(step, frame, state.OutputPath, placed),
    assigned: assignByPath(step, frame, state, selected),
  });
}

/**
 * Departure of a state that only passes its input on: Wait, Succeed, Choice. `fields` are the state's own, or those of
 * the Choice rule that matched, which then lie at `place`.
 */
export async function departWithInput(
  step: Step,
  frame: Frame,
  state: State,
  fields: OutputFields = state,
  place = '',
): Promise<Departure> {
  if (languageOf(step, state) === 'JSONata')
    return await departByJsonata(step, frame, fields, place, {}, inputOf(frame));
  const input = effectiveInput(step, frame, state);
  return checked(step, frame, {
    output: select(step, frame, state.OutputPath, input),
    assigned: assignByPath(step, frame, fields, input),
  });
}

/** Departure through a catcher: `errorOutput` is `{Error, Cause}`. OutputPath has no say here, as recorded. */
export async function departByCatcher(
  step: Step,
  frame: Frame,
  state: State,
  catcher: Catcher,
  place: string,
  errorOutput: JsonObject,
): Promise<Departure> {
  const caught = payloadOf(errorOutput);
  if (languageOf(step, state) === 'JSONata')
    return await departByJsonata(step, frame, catcher, place, { errorOutput }, caught);
  return checked(step, frame, {
    output: placeResult(inputOf(frame), catcher.ResultPath, caught),
    assigned: assignByPath(step, frame, catcher, caught),
  });
}

function placeResult(raw: Payload, path: string | null | undefined, result: Payload): Payload {
  if (path === undefined || path === '$') return result;
  if (path === null) return raw;
  return payloadOf(writeReferencePath(path, raw.value, result.value));
}

async function departByJsonata(
  step: Step,
  frame: Frame,
  fields: OutputFields,
  place: string,
  states: { result?: Json; errorOutput?: Json },
  fallback: Payload,
): Promise<Departure> {
  const scope = jsonataScope(step, frame, states);
  const assigned =
    fields.Assign === undefined
      ? undefined
      : texts(await evaluateJsonataTemplate(fields.Assign, `${place}Assign`, scope));
  const output =
    fields.Output === undefined
      ? fallback
      : payloadOf(await evaluateJsonataTemplate(fields.Output, `${place}Output`, scope), fallback, inputOf(frame));
  return checked(step, frame, { output, assigned });
}

function assignByPath(step: Step, frame: Frame, fields: OutputFields, document: Payload): Departure['assigned'] {
  if (fields.Assign === undefined) return undefined;
  return texts(evaluateTemplate(fields.Assign, pathScope(step, frame, document.value)));
}

/** Variables as they are kept and shown: JSON text by name; undefined where nothing is assigned. */
function texts(assigned: Json): Departure['assigned'] {
  const entries = isObject(assigned) ? Object.entries(assigned) : [];
  return entries.length === 0
    ? undefined
    : Object.fromEntries(entries.map(([name, value]) => [name, printJson(value)]));
}

/** Holds a departure against the limits; its output is compact JSON from here on. A test shows it as it is. */
function checked(step: Step, frame: Frame, { output, assigned }: Departure): Departure {
  const { variableBytes, variablesTotalBytes } = step.env.limits;
  checkSize(step, frame, output.text);
  if (assigned !== undefined) {
    const sizes = Object.entries(assigned).map(([name, text]) => byteLength(name) + byteLength(text));
    const held = Object.values(visibleVariables(step, frame)).length === 0 ? 0 : heldBytes(step, frame);
    const sum = sizes.reduce((total, size) => total + size, 0);
    if (sum > variableBytes || sum + held > variablesTotalBytes) throw tooLarge(frame.state);
  }
  return { output: step.env.bench === undefined ? compact(output) : output, assigned };
}

function heldBytes(step: Step, frame: Frame): number {
  return step
    .lineage(frame)
    .flatMap(({ variables }) => Object.values(variables ?? {}))
    .reduce((total, text) => total + byteLength(text), 0);
}

/** The service names the state, or what the task called, in this text. */
export function tooLarge(name: string): StatesError {
  return new StatesError(
    'States.DataLimitExceeded',
    `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}
