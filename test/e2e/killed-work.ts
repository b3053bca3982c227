// What runs on a server that is killed again and again: executions of many shapes, and functions that write down when they
// begin and when they are done. While a file named `hold` is there, no function gets any further: whoever wants to kill
// inside calls need not be quick.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { single, task } from '../support/definitions.ts';

const WORK = `import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
const root = import.meta.dirname + '/../';
const note = (line) => appendFileSync(root + 'journal.log', line + '\\n');
export const timeout = 45;
export const handler = async ({ execution, step, attempt, token }) => {
  const call = [execution, step, attempt].join(' ');
  note('began ' + call);
  if (token !== undefined) note('token ' + execution + ' ' + token);
  while (existsSync(root + 'hold')) await pause(5);
  note('ended ' + call);
  return { step };
};
`;

/** The beginnings and ends of calls, each `execution step attempt`; tokens with the execution that waits for them. */
export interface Journal {
  began: string[];
  ended: Set<string>;
  tokens: [execution: string, token: string][];
}

export interface Workplace {
  functions: string;
  read(): Journal;
  /** From now on nobody who has begun a call ends it. */
  hold(): void;
  release(): void;
}

export function workplace(root: string): Workplace {
  const [functions, journal, hold] = ['functions', 'journal.log', 'hold'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(functions);
  writeFileSync(join(functions, 'work.mjs'), WORK);
  writeFileSync(journal, '');
  return {
    functions,
    read() {
      const lines = readFileSync(journal, 'utf8').split('\n').slice(0, -1);
      const of = (kind: string) =>
        lines.filter((line) => line.startsWith(kind)).map((line) => line.slice(kind.length + 1));
      const tokens = of('token').map((line) => line.split(' ') as [string, string]);
      return { began: of('began'), ended: new Set(of('ended')), tokens };
    },
    hold: () => writeFileSync(hold, ''),
    release: () => existsSync(hold) && rmSync(hold),
  };
}

const Retry = [{ ErrorEquals: ['Lambda.SdkClientException'], IntervalSeconds: 1, BackoffRate: 1, MaxAttempts: 1_000 }];
const PACKS = [0, 1, 2, 3];

/** The call of a step, `more` beside it in its state. */
function work(step: string, more: object = {}): object {
  const Parameters = { 'execution.$': '$$.Execution.Name', step, 'attempt.$': '$$.State.RetryCount' };
  return task('work', { Parameters, ...more });
}

function steps(more: object): object {
  const Ship = work('ship', more);
  const Charge = work('charge', { ...more, Next: 'Ship' });
  return { StartAt: 'Reserve', States: { Reserve: work('reserve', { ...more, Next: 'Charge' }), Charge, Ship } };
}

const SHIPPED = { step: 'ship' };

export interface Shape {
  definition: object;
  /** What it gives, however often the server dies; absent where it may fail, and where somebody else decides. */
  output?: unknown;
}

/** By the name of their machines. */
export const SHAPES: Record<string, Shape> = {
  /** Without a Retry: a call that was cut off fails it. */
  plain: { definition: steps({}), output: SHIPPED },
  retried: { definition: steps({ Retry }), output: SHIPPED },
  packs: {
    definition: single({
      Type: 'Map',
      ItemsPath: '$.packs',
      ItemSelector: { 'pack.$': "States.Format('pack-{}', $$.Map.Item.Value)" },
      ItemProcessor: {
        StartAt: 'Pack',
        States: {
          Pack: work('', {
            Retry,
            Parameters: { 'execution.$': '$$.Execution.Name', 'step.$': '$.pack', 'attempt.$': '$$.State.RetryCount' },
          }),
        },
      },
      End: true,
    }),
    output: PACKS.map((pack) => ({ step: `pack-${pack}` })),
  },
  parent: {
    definition: single({
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Parameters: { StateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:retried', Input: {} },
      OutputPath: '$.Output',
      End: true,
    }),
    output: SHIPPED,
  },
  slept: {
    definition: {
      StartAt: 'Sleep',
      States: { Sleep: { Type: 'Wait', Seconds: 1, Next: 'Work' }, Work: work('woken', { Retry }) },
    },
    output: { step: 'woken' },
  },
  beside: {
    definition: single({
      Type: 'Parallel',
      Branches: ['left', 'right'].map((side) => ({ StartAt: side, States: { [side]: work(side, { Retry }) } })),
      End: true,
    }),
    output: [{ step: 'left' }, { step: 'right' }],
  },
  /** Waits for an answer. */
  asked: {
    definition: single({
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Parameters: {
        FunctionName: 'work',
        Payload: {
          'execution.$': '$$.Execution.Name',
          step: 'ask',
          'attempt.$': '$$.State.RetryCount',
          'token.$': '$$.Task.Token',
        },
      },
      Retry,
      End: true,
    }),
  },
  /** Waits until somebody stops it. */
  stopped: { definition: single({ Type: 'Wait', Seconds: 86_400, End: true }) },
};

export const INPUT = JSON.stringify({ packs: PACKS });
