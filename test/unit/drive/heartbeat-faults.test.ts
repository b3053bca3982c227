// The timer of a task that sends heartbeats, under faults: it is never lost, and however often messages come there is one
// for each turn that goes on (core/driver/timers.ts).
import { describe, expect, test } from 'vitest';
import { audit } from '../../../core/doctor/audit.ts';
import { KnownRun } from '../../../core/driver/known-run.ts';
import type { Message } from '../../../core/driver/message.ts';
import { fire } from '../../../core/driver/timers.ts';
import type { Received } from '../../../core/ports.ts';
import type { World } from '../../../core/world.ts';
import { callback, callbackWorld } from '../../support/callbacks.ts';
import { dyingAt } from '../../support/dying.ts';
import { EPOCH, type MemoryWorld, type Twist } from '../../support/memory-world.ts';

const SECOND = 1_000;
const DAY = 86_400_000;

/** A task that misses its heartbeat is caught, and something is owed after that. */
const WATCHED = callback(
  'keep',
  {
    HeartbeatSeconds: 600,
    Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Next: 'Rest' }],
    End: undefined,
    Next: 'Rest',
  },
  { Rest: { Type: 'Wait', Seconds: 5, End: true } },
);

/** The task waits since the first moment; `beat` is a heartbeat that nothing else happens in. */
async function watched(
  twist: Twist = {},
  definition: object = WATCHED,
  between: (isAtWork: boolean) => void = () => {},
) {
  const { world, tokens } = callbackWorld({}, twist);
  const creation = await world.start(definition);
  await world.pass(0);
  const beat = async () => {
    between(false);
    await world.api('SendTaskHeartbeat', { taskToken: tokens[0] });
    between(true);
  };
  return { world, creation, beat };
}

function timersIn(world: MemoryWorld): Extract<Message, { kind: 'timer' }>[] {
  return world.delivered.map(({ body }) => JSON.parse(body)).filter(({ kind }) => kind === 'timer');
}

const BEATS = 5;

/** Five heartbeats, the first after 500 seconds, and then no more. */
async function liveAndDie(world: MemoryWorld, beat: () => Promise<void>): Promise<void> {
  for (let i = 0; i < BEATS; i++) {
    await world.pass(500 * SECOND);
    await beat();
  }
  await world.pass(700 * SECOND);
}

describe.each([1, 2, 3, 5])('messages that come %i times', (times) => {
  const ways: [string, (visible: Received[]) => Received[][]][] = [
    ['to workers side by side', (visible) => visible.flatMap((each) => Array.from({ length: times }, () => [each]))],
    ['to one worker', (visible) => visible.map((each) => Array.from({ length: times }, () => each))],
  ];
  test.each(ways)(
    '%s send a timer on at most as often, at each turn, and take each turn once',
    async (_way, batches) => {
      const { world, creation, beat } = await watched({ batches });
      await liveAndDie(world, beat);
      expect((await world.outcomeOf(creation)).status).toBe('SUCCEEDED');
      const ofTask = timersIn(world).filter(({ waits }) => waits.includes(timersIn(world)[0]!.waits[0]!));
      const byTurn = Map.groupBy(ofTask, ({ turn }) => turn);
      expect([...byTurn.keys()]).toEqual([0, 1, 2, 3, 4, 5]);
      for (const [turn, sent] of byTurn) if (turn !== 0) expect(sent.length).toBe(times);
      const [turn] = await world.table.query({ pk: `timer#${creation.run}` });
      expect(turn).toMatchObject({ turn: BEATS + 1 });
    },
  );
});

/** What one delivery of this message comes to, for somebody whose clock differs by so much. */
async function delivered(world: World, message: Message, skewMs: number) {
  const { clock } = world;
  const own = { ...world, clock: { ...clock, now: () => clock.now() + skewMs } };
  const known = new KnownRun(own, message.carried!.creation);
  known.adopt(message.carried!);
  const { fired, again } = await fire(own, known, message as Extract<Message, { kind: 'timer' }>);
  return { fired: fired.map(({ at }) => at - EPOCH), again: again.map(({ at }) => at - EPOCH) };
}

/** The timer that is to fire after 1,100 seconds, because of a heartbeat after 500. */
async function fired(): Promise<{ world: MemoryWorld; message: Message; beat: () => Promise<void> }> {
  const { world, beat } = await watched();
  await world.pass(500 * SECOND);
  await beat();
  await world.pass(599 * SECOND);
  world.clock.advanceTo(EPOCH + 1_100 * SECOND);
  const [received] = await world.queue.receive('advance', 1, 90);
  return { world, message: JSON.parse(received!.body), beat };
}

describe('deliveries of one timer to workers whose clocks differ', () => {
  test('all end the task, once one has found its heartbeat missing', async () => {
    const { world, message } = await fired();
    expect(await delivered(world, message, 0)).toEqual({ fired: [1_100 * SECOND], again: [] });
    expect(await delivered(world, message, -5_000)).toEqual({ fired: [1_100 * SECOND], again: [] });
    expect(await delivered(world, message, 5_000)).toEqual({ fired: [1_105 * SECOND], again: [] });
  });

  test('all wait on, once one has found that it is too early', async () => {
    const { world, message } = await fired();
    expect(await delivered(world, message, -5_000)).toEqual({ fired: [], again: [1_100 * SECOND] });
    expect(await delivered(world, message, 0)).toEqual({ fired: [], again: [1_100 * SECOND] });
  });

  test('all end the task, though a heartbeat has come since one has found it missing', async () => {
    const { world, message, beat } = await fired();
    await delivered(world, message, 0);
    await beat();
    expect(await delivered(world, message, 0)).toEqual({ fired: [1_100 * SECOND], again: [] });
  });

  test('go no further where another message has the turn', async () => {
    const { world, message } = await fired();
    await delivered(world, { ...message, id: 'other' }, 0);
    expect(await delivered(world, message, 0)).toEqual({ fired: [], again: [] });
  });

  test('go on where the others are, if an earlier version has sent it', async () => {
    const { world, message } = await fired();
    const { turn: _none, ...old } = message as Extract<Message, { kind: 'timer' }>;
    expect(await delivered(world, { ...old, id: 'old' }, 0)).toEqual({ fired: [1_100 * SECOND], again: [] });
    expect(await delivered(world, { ...old, id: 'old' }, -5_000)).toEqual({ fired: [1_100 * SECOND], again: [] });
    expect(await delivered(world, message, 0)).toEqual({ fired: [], again: [] });
  });
});

/** Requests of an execution that nothing happens to. */
const REQUESTS = 28;
const DEATHS = Array.from({ length: REQUESTS }, (_, i) => i + 1).flatMap((n) => [
  [n, 'before'] as const,
  [n, 'after'] as const,
]);

test.each(DEATHS)('a process that dies at request %i, %s it took effect, loses no timer', async (n, when) => {
  const { twist, died, born } = dyingAt(n, when === 'after');
  const victim: { world?: MemoryWorld } = {};
  const { world, creation, beat } = await watched(twist, WATCHED, (isAtWork) =>
    born(isAtWork ? victim.world : undefined),
  );
  victim.world = world;
  born(world);
  await liveAndDie(world, beat);
  await world.settle();
  born(undefined);
  const { status, events } = await world.outcomeOf(creation);
  expect(status).toBe('SUCCEEDED');
  const ends = events.filter(({ type }) => type === 'TaskTimedOut').map(({ timestamp }) => timestamp - EPOCH);
  expect(ends).toHaveLength(1);
  // Whoever takes over comes when the message is visible again.
  expect(ends[0]).toBeGreaterThanOrEqual(3_100 * SECOND);
  expect(ends[0]).toBeLessThanOrEqual(3_191 * SECOND);
  expect(died()).toBe(true);
});

test('a timer that was lost with its queue is set again by the audit, and stays one however often that comes', async () => {
  const { world, creation, beat } = await watched();
  await world.pass(500 * SECOND);
  await beat();
  await world.pass(500 * SECOND);
  world.purge();
  await world.pass(3_600 * SECOND);
  expect((await world.outcomeOf(creation)).status).toBe('RUNNING');
  const before = timersIn(world).length;
  for (let times = 0; times < 3; times++) await audit(world);
  await beat();
  await world.pass(500 * SECOND);
  await beat();
  await world.settle();
  const { status, stopDate } = await world.outcomeOf(creation);
  expect({ status, stopDate }).toEqual({ status: 'SUCCEEDED', stopDate: EPOCH + (5_100 + 600 + 5) * SECOND });
  expect(
    timersIn(world)
      .slice(before)
      .map(({ turn }) => turn),
  ).toEqual([0, 0, 0, 1, 1, 1, 2, 3, 0]);
});

test('D12: a heartbeat counts for as long as it says, though that is longer than the retention', async () => {
  const { world, creation, beat } = await watched({}, callback('keep', { HeartbeatSeconds: 60 * 86_400 }));
  for (let day = 1; day <= 80; day++) {
    if (day === 20) await beat();
    await world.pass(DAY);
    await audit(world);
    world.table.purge(world.clock.now() / 1000);
  }
  const { status, stopDate } = await world.outcomeOf(creation);
  expect({ status, stopDate }).toEqual({ status: 'FAILED', stopDate: EPOCH + 79 * DAY });
});
