// The format of a case, for recorded answers and for our own alike, and how cases are read from disk. A case says what
// to send and what AWS answered; nothing in here knows how it is run. Our own cases leave out what has one usual value,
// `complete` adds it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { Json, JsonObject } from '../../core/expr/json.ts';
import { isObject, parseJson } from '../../core/expr/json.ts';

export type Kind = 'execution' | 'validation' | 'test_state' | 'api';

/** One line of a script, or one call made before or while an execution runs. */
export interface Step {
  /** `c3`: the name later placeholders use for the answer. */
  call?: string;
  service?: string;
  op?: string;
  params?: JsonObject;
  expect_error?: boolean;
  paginate?: boolean;
  /** Runs in the background, beside the steps that follow. */
  async?: boolean;
  /** Name of a condition to wait for. */
  await?: string;
  sleep?: number;
  /** Name of a recorded value: `value` says what to compare with `recorded`. */
  match?: string;
  value?: Json;
  recorded?: Json;
}

/** What a stand-in Lambda function does. */
export interface FunctionBehaviour {
  behaviour: string;
  returns?: Json;
  errorType?: string;
  errorMessage?: string;
  seconds?: number;
  bytes?: number;
  /** `raise_until` fails while the event's `attempt` is below this number, then gives the event back. */
  attempts?: number;
}

export interface Expected {
  status?: string | null;
  output?: Json;
  error?: Json;
  cause?: Json;
  events?: JsonObject[];
  events_reversed?: boolean;
  events_edited_by_test?: boolean;
  /** The history with one line per event: `3<2 PassStateExited Name`, that is id, previousEventId, type, state. */
  outline?: string[];
  describe?: JsonObject;
  sync_response?: JsonObject;
  /** The answer of an action, or its error. */
  response?: JsonObject;
  error_response?: JsonObject;
}

export interface Transform {
  kind?: string;
  token?: string;
  replacement?: string;
  pattern?: string;
  of?: string;
  jsonpath?: string;
}

export interface Case {
  id: string;
  kind: Kind;
  group: string;
  /** Only `aws` counts: the answer is AWS's own. */
  trust: string;
  /** Where the answer comes from: a recorded test, or a page of the documentation. */
  source: string;
  type?: 'STANDARD' | 'EXPRESS' | null;
  definition?: Json;
  definition_raw?: string;
  input?: Json;
  input_raw?: string;
  input_absent?: boolean;
  execution_name?: string;
  express_start?: 'sync' | 'async';
  logging?: JsonObject;
  op?: string;
  request?: JsonObject;
  operations?: string[];
  steps?: Step[];
  setup?: Step[];
  during?: Step[];
  needs?: Record<string, JsonObject>;
  needs_kinds?: string[];
  expected: Expected;
  transforms?: Transform[];
  placeholders?: Record<string, JsonObject>;
  last_validated?: string;
}

/** All cases of a folder of recordings: one array of cases per file. */
export function recordedCases(folder: string): Case[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== 'index.json');
  return files.sort().flatMap((name) => parseJson(readFileSync(join(folder, name), 'utf8')) as unknown as Case[]);
}

/** Our own cases: `<topic>/<what it proves>.json`, one case per file; the path is the id. */
export function ownCases(folder: string): Case[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
  return files.sort().map((name) => {
    const path = join(folder, name);
    const id = relative(folder, path).replaceAll('\\', '/').slice(0, -'.json'.length);
    try {
      return complete(id, basename(dirname(path)), parseJson(readFileSync(path, 'utf8')) as JsonObject);
    } catch (cause) {
      throw new Error(`${path} cannot be read as a case`, { cause });
    }
  });
}

function complete(id: string, group: string, written: JsonObject): Case {
  const needs = (written.needs ?? {}) as Record<string, JsonObject>;
  const usual = { id, group, kind: 'execution', trust: 'aws', type: 'STANDARD', needs_kinds: Object.keys(needs) };
  const steps = (written.steps ?? []) as Step[];
  const operations = steps.flatMap((step) => step.op ?? []);
  return { ...usual, expected: {}, operations, ...written } as unknown as Case;
}

/** The members of a JSON object; none of anything else. */
export function membersOf(value: Json | undefined): JsonObject {
  return isObject(value) ? (value as JsonObject) : {};
}

/** Functions a case wants to exist, without the list of names that its definition merely mentions. */
export function functionsOf(one: Case): Record<string, FunctionBehaviour> {
  const named = Object.entries(one.needs?.lambda ?? {}).filter(([name]) => name !== 'resources');
  return Object.fromEntries(named) as unknown as Record<string, FunctionBehaviour>;
}
