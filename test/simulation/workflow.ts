// Random workflows whose outcome does not depend on luck: whatever the order of things, and however often a call had to
// be made again, a run of one ends with the same status and output. So:
// - what a function answers depends on where in the workflow it is called, which its payload says (`key`);
// - every Task retries a lost worker for as long as it takes;
// - nobody keeps which of several branches failed first, or with which cause.
import type { Chance } from './chance.ts';
import { caughtBy, taskStates } from './tasks.ts';

/** How whoever works for one Task behaves. */
export interface Behaviour {
  /** Calls that fail before one succeeds, per key; all of them if infinite. */
  failures: number;
  durationMs: number;
  /** Never answers. */
  hangs?: boolean;
  /** The configured timeout of the function. */
  timeoutMs: number;
  /** What the holder of its task token does; twice, if so; after so many heartbeats. */
  callback?: { answer: 'success' | 'failure' | 'none'; twice: boolean; beats: number };
}

export interface Workflow {
  definition: Definition;
  /** Machines that it calls, by name. */
  children: Map<string, Definition>;
  behaviours: Map<string, Behaviour>;
}

export interface Definition {
  StartAt: string;
  States: States;
  TimeoutSeconds?: number;
}

export type States = Record<string, Record<string, unknown>>;
export type Next = string | undefined;

export interface Scope {
  states: States;
  depth: number;
  /** Counters of the loops around. */
  loops: string[];
  isInGroup: boolean;
  isInChild: boolean;
}

/** What all states are built with. */
export interface Builder {
  chance: Chance;
  behaviours: Map<string, Behaviour>;
  children: Map<string, Definition>;
  name(prefix: string): string;
  /** What tells this place, in this round of all loops and iterations around it, from every other. */
  key(scope: Scope): string;
  pass(scope: Scope, next: Next, result?: object): string;
  sequence(scope: Scope, last: Next): string;
}

export const DAYS_5 = 432_000;

export const to = (next: Next) => (next === undefined ? { End: true } : { Next: next });

/** What workflows are made of: `small` ones have room for more bad luck around each state, `nested` ones are about children. */
export const FOCUSES = ['all', 'small', 'nested'] as const;
export type Focus = (typeof FOCUSES)[number];

export function randomWorkflow(chance: Chance, focus: Focus): Workflow {
  const behaviours = new Map<string, Behaviour>();
  const children = new Map<string, Definition>();
  let names = 0;
  const name = (prefix: string) => `${prefix}${++names}`;
  const build: Builder = { chance, behaviours, children, name, key, pass, sequence };
  const { task, callback, activity, job, nested } = taskStates(build);

  function key({ loops }: Scope): string {
    if (loops.length === 0) return '$.k';
    return `States.Format('{}${'#{}'.repeat(loops.length)}', $.k, ${loops.map((loop) => `$.${loop}.x`).join(', ')})`;
  }

  function pass(scope: Scope, next: Next, result: object = { passed: names }): string {
    const id = name('Pass');
    const kind = chance.pick(['plain', 'plain', 'plain', 'plain', 'JSONata', 'variable']);
    if (kind === 'plain') scope.states[id] = { Type: 'Pass', Result: result, ResultPath: `$.${id}`, ...to(next) };
    else if (kind === 'JSONata') {
      const Output = `{% $merge([$states.input, ${JSON.stringify({ [id]: result })}]) %}`;
      scope.states[id] = { Type: 'Pass', QueryLanguage: 'JSONata', Output, ...to(next) };
    } else {
      const reads = name('Pass');
      scope.states[id] = { Type: 'Pass', Assign: { [id]: result }, Next: reads };
      scope.states[reads] = { Type: 'Pass', Parameters: { 'known.$': `$${id}` }, ResultPath: `$.${id}`, ...to(next) };
    }
    return id;
  }

  function wait(scope: Scope, next: Next): string {
    const id = name('Wait');
    scope.states[id] = { Type: 'Wait', Seconds: chance.pick([1, 5, 60, 1_000, 20_000]), ...to(next) };
    return id;
  }

  function loop(scope: Scope, next: Next): string {
    const counter = name('Loop');
    const [begin, again, more] = [`Begin${counter}`, `Again${counter}`, `More${counter}`];
    const exit = pass(scope, next);
    const body = sequence({ ...scope, loops: [...scope.loops, counter], depth: scope.depth + 1 }, again);
    scope.states[begin] = { Type: 'Pass', Result: { x: 0 }, ResultPath: `$.${counter}`, Next: body };
    scope.states[again] = {
      Type: 'Pass',
      Parameters: { 'x.$': `States.MathAdd($.${counter}.x, 1)` },
      ResultPath: `$.${counter}`,
      Next: more,
    };
    const isMore = { Variable: `$.${counter}.x`, NumericLessThan: chance.int(1, 3), Next: body };
    scope.states[more] = { Type: 'Choice', Choices: [isMore], Default: exit };
    return begin;
  }

  function group(scope: Scope, next: Next): string {
    const isMap = chance.hits(0.5);
    const id = name(isMap ? 'Map' : 'Parallel');
    const inside = () => {
      const states: States = {};
      const StartAt = sequence({ ...scope, states, depth: scope.depth + 1, loops: [], isInGroup: true }, undefined);
      return { StartAt, States: states };
    };
    const own = isMap
      ? {
          Type: 'Map',
          ItemsPath: '$.list',
          MaxConcurrency: chance.int(0, 3),
          ItemSelector: { 'k.$': `States.Format('{}/${id}/{}', ${key(scope)}, $$.Map.Item.Index)`, 'list.$': '$.list' },
          ItemProcessor: inside(),
        }
      : {
          Type: 'Parallel',
          Parameters: { 'k.$': `States.Format('{}/${id}', ${key(scope)})`, 'list.$': '$.list' },
          Branches: Array.from({ length: chance.int(2, 4) }, inside),
        };
    const retry = { ErrorEquals: ['States.ALL'], MaxAttempts: 1, IntervalSeconds: 2 };
    scope.states[id] = {
      ...own,
      ResultPath: `$.${id}`,
      ...(chance.hits(0.2) ? { Retry: [retry] } : {}),
      ...(chance.hits(0.8) ? { Catch: caughtBy(pass(scope, next, { recovered: id })) } : {}),
      ...to(next),
    };
    return id;
  }

  function kindsIn({ depth, isInChild }: Scope): ((scope: Scope, next: Next) => string)[] {
    const simple = [task, callback, activity, job, wait, pass];
    if (focus === 'small') return depth > 0 ? simple : [...simple, loop, group];
    if (focus === 'nested') {
      if (isInChild || depth > 1) return simple;
      return depth > 0 ? [nested, task] : [nested, nested, nested, nested, group];
    }
    const kinds = [task, task, task, callback, activity, job, wait, pass];
    if (depth < 2) kinds.push(loop, group, group);
    if (depth < 2 && !isInChild) kinds.push(nested);
    return kinds;
  }

  /** Builds from the end, so that every state knows its successor. Gives where to begin. */
  function sequence(scope: Scope, last: Next): string {
    let next = last;
    const longest = focus === 'all' ? 3 : 2;
    for (let left = chance.int(1, longest - Math.min(scope.depth, 1)); left > 0; left--)
      next = chance.pick(kindsIn(scope))(scope, next);
    return next ?? pass(scope, undefined);
  }

  const states: States = {};
  const isEndless = chance.hits(0.05);
  if (isEndless) states.Endless = { Type: 'Wait', Seconds: 2 * DAYS_5, End: true };
  const scope: Scope = { states, depth: 0, loops: [], isInGroup: false, isInChild: false };
  const StartAt = sequence(scope, isEndless ? 'Endless' : undefined);
  const definition = { StartAt, States: states, ...(isEndless ? { TimeoutSeconds: DAYS_5 } : {}) };
  return { definition, children, behaviours };
}
