// D6: one order. Any answer of GetExecutionHistory is a prefix of every later one, however it is read.
import { expect, test } from 'vitest';
import { mapOf } from '../../support/definitions.ts';
import { type MemoryWorld, memoryWorld } from '../../support/memory-world.ts';

type Event = { id: number };

async function readAll(world: MemoryWorld, request: object): Promise<Event[]> {
  const events: Event[] = [];
  let nextToken: unknown;
  do {
    const page = await world.api('GetExecutionHistory', {
      ...request,
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    events.push(...(page.events as Event[]));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return events;
}

test.each([
  ['at once', {}],
  ['in pages of 7', { maxResults: 7 }],
  ['newest first', { reverseOrder: true }],
  ['newest first in pages of 7', { reverseOrder: true, maxResults: 7 }],
])('D6: the history of a 40-wide Map, read %s while it runs, only ever grows at its end', async (_how, how) => {
  const world: MemoryWorld = memoryWorld(
    { work: (item: number) => world.sleep(1 + ((item * 37) % 11)) },
    { callsPerWorker: 9, transitionsPerMessage: 3 },
  );
  const items = Array.from({ length: 120 }, (_, i) => i);
  const { executionArn } = await world.start(mapOf('work'), items);
  let before: Event[] = [];
  let polls = 0;
  for (let status = 'RUNNING'; status === 'RUNNING'; polls++) {
    await world.pass(1);
    const events = await readAll(world, { executionArn, ...how });
    if ('reverseOrder' in how) events.reverse();
    expect(events.slice(0, before.length)).toEqual(before);
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
    before = events;
    ({ status } = (await world.api('DescribeExecution', { executionArn })) as { status: string });
  }
  expect(polls).toBeGreaterThan(10);
  expect(before.length).toBe(2 + 4 + 120 * 7);
});

test('D6: a page that began before the run went on continues where it ended', async () => {
  const world: MemoryWorld = memoryWorld({ work: (item: number) => world.sleep(item * 100) });
  const { executionArn } = await world.start(
    mapOf('work'),
    Array.from({ length: 10 }, (_, i) => i),
  );
  await world.pass(300);
  const first = await world.api('GetExecutionHistory', { executionArn, maxResults: 20 });
  await world.settle();
  const rest = await world.api('GetExecutionHistory', { executionArn, maxResults: 1000, nextToken: first.nextToken });
  const whole = await world.api('GetExecutionHistory', { executionArn, maxResults: 1000 });
  expect([...(first.events as object[]), ...(rest.events as object[])]).toEqual(whole.events);
});
