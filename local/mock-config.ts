// The mock configuration of Step Functions Local (`MockConfigFile.json`): which states of which test case answer with
// what. Read whole and checked before the server starts; whatever is wrong is said with its place in the file.
import { UsageError } from '../cli/arguments.ts';
import { readText } from '../cli/input.ts';
import { isObject, type Json, type JsonObject, parseJson, printJson } from '../core/expr/json.ts';
import type { MockedResponse, Mocks } from '../core/integrations/mocked.ts';

/** Throws UsageError with one sentence. */
export function readMockConfig(file: string): Mocks {
  const text = readText(file);
  try {
    return parseMockConfig(text);
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`);
  }
}

/** Throws an Error whose message begins with the place in the file. */
export function parseMockConfig(text: string): Mocks {
  const config = objectAt(jsonOf(text), 'The file');
  const { StateMachines = {}, MockedResponses = {} } = config;
  const responses = mapAt(MockedResponses, 'MockedResponses', responsesAt);
  const stateAt = (name: Json, place: string) => {
    if (typeof name === 'string' && responses.has(name)) return name;
    throw new Error(`${place} must name one of the MockedResponses, not ${printJson(name)}.`);
  };
  const machines = mapAt(StateMachines, 'StateMachines', (machine, place) => {
    const { TestCases = {} } = objectAt(machine, place);
    return mapAt(TestCases, `${place}.TestCases`, (states, where) => mapAt(states, where, stateAt));
  });
  return { machines, responses };
}

function jsonOf(text: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    throw new Error(`It is not JSON: ${(error as Error).message}.`);
  }
}

function objectAt(value: Json, place: string): JsonObject {
  if (isObject(value)) return value;
  throw new Error(`${place} must be an object, not ${printJson(value)}.`);
}

function mapAt<T>(value: Json, place: string, read: (value: Json, place: string) => T): Map<string, T> {
  const entries = Object.entries(objectAt(value, place));
  return new Map(entries.map(([name, each]) => [name, read(each, `${place}.${name}`)]));
}

/** The answers of one response, by the numbers of the calls they are for: `"0"`, `"1-2"`. */
function responsesAt(value: Json, place: string): MockedResponse[] {
  const responses = Object.entries(objectAt(value, place)).map(([range, answer]) => ({
    ...rangeAt(range, place),
    answer: answerAt(answer, `${place}.${range}`),
  }));
  responses.sort((a, b) => a.from - b.from);
  for (const [i, { from }] of responses.entries()) {
    const before = responses[i - 1];
    if (before !== undefined && before.to >= from) throw new Error(`${place} answers call ${from} twice.`);
  }
  return responses;
}

function rangeAt(range: string, place: string): { from: number; to: number } {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (from <= to) return { from, to };
  throw new Error(`${place} has the key '${range}': it takes the number of a call, as "0", or a range, as "1-2".`);
}

function answerAt(value: Json, place: string): MockedResponse['answer'] {
  const { Return, Throw, ...more } = objectAt(value, place);
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) throw new Error(`${place} has the unknown field '${unknown}'.`);
  if ((Return === undefined) === (Throw === undefined)) throw new Error(`${place} must have either Return or Throw.`);
  if (Return !== undefined) return { kind: 'succeeded', output: printJson(Return) };
  return failureAt(Throw ?? null, `${place}.Throw`);
}

function failureAt(value: Json, place: string): MockedResponse['answer'] {
  const { Error: error, Cause: cause } = objectAt(value, place);
  if (typeof error !== 'string') throw new Error(`${place}.Error must be a string.`);
  if (cause !== undefined && typeof cause !== 'string') throw new Error(`${place}.Cause must be a string.`);
  return { kind: 'failed', error, ...(cause === undefined ? {} : { cause }) };
}
