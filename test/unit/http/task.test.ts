// HTTP tasks in the durable engine, on a virtual clock: how long they may take, whom they make wait, what stands for them.
import { describe, expect, test } from 'vitest';
import { type HttpAnswer, HttpTrouble } from '../../../core/ports.ts';
import type { HttpWorld } from '../../../core/world.ts';
import { type MemoryWorld, memoryWorld } from '../../support/memory-world.ts';

const ANSWER: HttpAnswer = { status: 200, statusText: 'OK', headers: [], body: Buffer.from('done') };

/** A world whose endpoint answers after this time; `Infinity` is never. */
function worldWhere(
  answersAfterMs: number,
  answer: HttpAnswer | HttpTrouble = ANSWER,
): { world: MemoryWorld; sent: number[] } {
  const sent: number[] = [];
  const http: HttpWorld = {
    endpoints: {
      async send(_request, signal) {
        sent.push(world.clock.now());
        await world.clock.until(world.clock.now() + answersAfterMs, signal);
        if (answer instanceof HttpTrouble) throw answer;
        return answer;
      },
    },
    connections: {
      async find() {
        const parameters = { headers: [], query: [], body: [] };
        return { authorization: { type: 'BASIC', username: 'a', password: 'b' }, parameters };
      },
    },
    tokens: new Map(),
  };
  const world = Object.assign(memoryWorld(), { http });
  world.crash(); // The process that works from now on has the endpoints, too.
  return { world, sent };
}

const task = (more: object = {}) => ({
  StartAt: 'Call',
  States: {
    Call: {
      Type: 'Task',
      Resource: 'arn:aws:states:::http:invoke',
      Parameters: {
        ApiEndpoint: 'https://example.com',
        Method: 'GET',
        InvocationConfig: { ConnectionArn: 'arn:aws:events:us-east-1:123456789012:connection/c/1' },
      },
      End: true,
      ...more,
    },
  },
});

test('a task lasts as long as its endpoint, on the patient queue unless it is short by its own words', async () => {
  const { world } = worldWhere(50_000);
  expect(await world.run(task())).toMatchObject({ status: 'SUCCEEDED' });
  expect(world.delivered.map(({ queue }) => queue)).toContain('call');
  const short = worldWhere(1_000).world;
  expect(await short.run(task({ TimeoutSeconds: 20 }))).toMatchObject({ status: 'SUCCEEDED' });
  expect(short.delivered.map(({ queue }) => queue)).not.toContain('call');
});

describe('an endpoint that never answers', () => {
  test('is given up after 60 seconds, whatever TimeoutSeconds says', async () => {
    for (const more of [{}, { TimeoutSeconds: 300 }]) {
      const { world } = worldWhere(Number.POSITIVE_INFINITY);
      const { error, cause, startDate, stopDate } = await world.run(task(more));
      expect({ error, cause }).toEqual({
        error: 'States.Http.Socket',
        cause: 'The endpoint did not answer within 60 seconds.',
      });
      expect(stopDate! - startDate).toBe(60_000);
    }
  });

  test('runs into a shorter TimeoutSeconds as every task does', async () => {
    const { world } = worldWhere(Number.POSITIVE_INFINITY);
    const { error, cause, startDate, stopDate } = await world.run(task({ TimeoutSeconds: 5 }));
    expect({ error, cause }).toEqual({ error: 'States.Timeout', cause: undefined });
    expect(stopDate! - startDate).toBe(5_000);
  });
});

test('a request is made once for every attempt that Retry asks for', async () => {
  const { world, sent } = worldWhere(0, new HttpTrouble('socket', 'socket hang up'));
  const Retry = [{ ErrorEquals: ['States.Http.Socket'], IntervalSeconds: 3, MaxAttempts: 2, BackoffRate: 2 }];
  expect(await world.run(task({ Retry }))).toMatchObject({ error: 'States.Http.Socket', cause: 'socket hang up' });
  expect(sent.map((at) => at - sent[0]!)).toEqual([0, 3_000, 9_000]);
});

test('a lost worker is a socket that broke, and nobody makes the request again', async () => {
  const { world, sent } = worldWhere(30_000);
  const creation = await world.start(task());
  await world.settle(world.clock.now() + 10_000);
  expect(sent).toHaveLength(1);
  world.crash();
  await world.settle();
  expect(await world.outcomeOf(creation)).toMatchObject({
    error: 'States.Http.Socket',
    cause: expect.stringContaining('was lost before the answer arrived'),
  });
  expect(sent).toHaveLength(1);
});
