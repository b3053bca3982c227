// The I/O budget (DESIGN section 7), counted by the meters: what a transition costs, and what start and end add.
import { expect, test } from 'vitest';
import { chain } from '../../support/definitions.ts';
import { type MemoryWorld, memoryWorld } from '../../support/memory-world.ts';
import { seededRandom } from '../../support/random.ts';

/** An object of this many bytes as JSON, of letters that do not repeat. */
function payloadOf(bytes: number): { text: string } {
  const random = seededRandom(bytes);
  const letter = () => 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'[Math.floor(random() * 62)];
  return { text: Array.from({ length: bytes - '{"text":""}'.length }, letter).join('') };
}

/** What one execution costs from its first message on, the API's own part left out. */
async function costOf(length: number, bytes: number, transitionsPerMessage: number) {
  const world: MemoryWorld = memoryWorld({ work: (payload: never) => payload }, { transitionsPerMessage });
  // The definition is read once per worker process, not once per execution.
  await world.run(chain(length, 'work'), payloadOf(bytes));
  const { stateMachineArn } = await machineOf(world);
  await world.api('StartExecution', { stateMachineArn, name: 'measured', input: JSON.stringify(payloadOf(bytes)) });
  world.table.reset();
  world.queue.reset();
  await world.settle();
  const { puts, updates, gets, queries, writeUnits, refused } = world.table.reading();
  return { puts, updates, reads: gets + queries, writeUnits, refused, sends: world.queue.reading().sendRequests };
}

async function machineOf(world: MemoryWorld): Promise<{ stateMachineArn: unknown }> {
  const { stateMachines } = (await world.api('ListStateMachines', {})) as {
    stateMachines: { stateMachineArn: string }[];
  };
  return { stateMachineArn: stateMachines[0]?.stateMachineArn };
}

/** Of ten transitions more. */
async function costOfTen(bytes: number, transitionsPerMessage: number) {
  const short = await costOf(5, bytes, transitionsPerMessage);
  const long = await costOf(15, bytes, transitionsPerMessage);
  return Object.fromEntries(Object.entries(long).map(([what, n]) => [what, n - short[what as keyof typeof short]]));
}

const BARE = { updates: 0, reads: 0, refused: 0 };

test.each([
  [300, 10],
  [2_000, 30],
])(
  'budget: ten fused Task transitions of %i bytes are 10 puts, no send, no read; %i write units',
  async (bytes, writeUnits) => {
    expect(await costOfTen(bytes, 25)).toEqual({ ...BARE, puts: 10, sends: 0, writeUnits });
  },
);

test.each([
  [300, 20],
  [2_000, 40],
])(
  'budget: ten classical Task transitions of %i bytes are 20 puts, 10 sends, no read; %i write units',
  async (bytes, writeUnits) => {
    expect(await costOfTen(bytes, 1)).toEqual({ ...BARE, puts: 20, sends: 10, writeUnits });
  },
);

test('budget: the start adds one put and the read of the name; the end adds the update of the list entry', async () => {
  expect(await costOf(10, 300, 25)).toMatchObject({ puts: 11, updates: 1, reads: 1, sends: 0, refused: 0 });
  expect(await costOf(10, 300, 1)).toMatchObject({ puts: 21, updates: 1, reads: 1, sends: 10, refused: 0 });
});

test('budget: StartExecution is one put, one send, and the read of the machine', async () => {
  const world = memoryWorld();
  await world.run({ StartAt: 'A', States: { A: { Type: 'Pass', End: true } } });
  const { stateMachineArn } = await machineOf(world);
  world.table.reset();
  world.queue.reset();
  await world.api('StartExecution', { stateMachineArn, name: 'measured' });
  const { puts, updates, gets, queries } = world.table.reading();
  expect({ puts, updates, gets, queries }).toEqual({ puts: 1, updates: 0, gets: 1, queries: 0 });
  expect(world.queue.reading().sendRequests).toBe(1);
});

test('D10: a transition costs the same at event 10 and at event 20,000', async () => {
  const loop = {
    StartAt: 'T',
    States: {
      T: { ...(chain(1, 'work') as { States: { T1: object } }).States.T1, End: undefined, Next: 'C' },
      C: { Type: 'Choice', Choices: [{ Variable: '$', IsPresent: false, Next: 'E' }], Default: 'T' },
      E: { Type: 'Succeed' },
    },
  };
  const world: MemoryWorld = memoryWorld({ work: (payload: never) => world.sleep(1_000).then(() => payload) });
  await world.start(loop, { a: 1 });
  await world.pass(5_000);
  const units = async () => {
    world.table.reset();
    await world.pass(25_000);
    const { puts, writeUnits, gets, queries } = world.table.reading();
    return { puts, writeUnits, gets, queries };
  };
  const young = await units();
  await world.pass(2_500_000);
  expect(await units()).toEqual(young);
});
