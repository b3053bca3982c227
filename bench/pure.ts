// The interpreter alone: microseconds per transition of `advance` in this process, without a log, a queue or a disk.

import { advance } from '../core/engine/advance.ts';
import { initialHead } from '../core/engine/state.ts';
import type { Creation } from '../core/execution.ts';
import { LIMITS } from '../core/limits.ts';
import { parseDefinition } from '../core/store/definitions.ts';
import { jsonataPasses, passAndChoice } from './definitions.ts';
import { type Figure, timed } from './figure.ts';

const STATES = 10;
const ROUNDS = 5;

export async function pure(): Promise<Figure[]> {
  const beside = 'AWS 3,840 us; the fastest emulator in memory 20-50 us';
  const target = { atMost: 20 };
  return [
    {
      what: 'pure transition, Pass and Choice',
      value: await microseconds(passAndChoice(STATES), 3_000),
      unit: 'us',
      target,
      beside,
    },
    {
      what: 'pure transition, JSONata Pass',
      value: await microseconds(jsonataPasses(STATES), 1_000),
      unit: 'us',
      target,
      beside,
    },
  ];
}

/** Per state entered, after a warm-up: the best of some rounds, because other processes can only slow it down. */
async function microseconds(source: object, executions: number): Promise<number> {
  const definition = parseDefinition(JSON.stringify(source));
  const env = {
    random: Math.random,
    newId: () => crypto.randomUUID(),
    limits: LIMITS.aws,
    region: 'us-east-1',
    tokenOf: () => 'token',
  };
  async function execute(): Promise<void> {
    const run = { creation, head: initialHead(creation), frames: new Map(), outputs: new Map() };
    const { state } = await advance(definition, run, [{ kind: 'Started', at: creation.startDate }], 0, env);
    if (state.head.status !== 'SUCCEEDED') throw new Error(`The bench's execution ended as ${state.head.status}`);
  }
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round++)
    rounds.push(
      await timed(async () => {
        for (let i = 0; i < executions; i++) await execute();
      }),
    );
  return (Math.min(...rounds.slice(1)) * 1_000) / (executions * STATES);
}

const machineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:bench';
const creation: Creation = {
  run: 'run',
  executionArn: `${machineArn.replace('stateMachine', 'execution')}:one`,
  name: 'one',
  machineArn,
  machineName: 'bench',
  revisionId: 'revision',
  roleArn: 'arn:aws:iam::123456789012:role/bench',
  input: JSON.stringify({ amount: 12, customer: 'c-4711' }),
  startDate: 1_767_225_600_000,
};
