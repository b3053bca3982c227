// One process that works on the queues of a test world, and that can die: from then on none of its requests goes out and
// none of its answers arrives, as when the power is cut. What it had received stays received.
import type { SQSEvent } from 'aws-lambda';
import type { QueueName, Received } from '../../core/ports.ts';
import type { World } from '../../core/world.ts';
import { createAdvanceHandler } from '../../handlers/advance.ts';

export interface Boot {
  /** Handler invocations that have not ended. */
  readonly inFlight: number;
  /** Hands one batch to the handler; deletes what it has done. */
  invoke(queue: QueueName, batch: Received[]): void;
  crash(): void;
}

/** As deployed. */
export const VISIBILITY_SECONDS = { advance: 90, call: 960 } satisfies Record<QueueName, number>;
const TIMEOUT_MS = { advance: 60_000, call: 900_000 } satisfies Record<QueueName, number>;

/** `onShift` hears of every invocation that came to its end: how long it ran. */
export function boot(
  world: World,
  report: (trouble: unknown) => void,
  onShift: (queue: QueueName, ms: number) => void = () => {},
): Boot {
  let isAlive = true;
  let inFlight = 0;
  const never = new Promise<never>(() => {});

  /** The port as this process sees it. */
  function gated<T extends object>(port: T): T {
    const entries = Object.entries(port).map(([name, member]) => {
      if (typeof member !== 'function') return [name, member];
      const act = async (...args: unknown[]) => {
        if (!isAlive) return await never;
        try {
          const answer = await member(...args);
          return isAlive ? answer : await never;
        } catch (trouble) {
          if (isAlive) throw trouble;
          return await never;
        }
      };
      return [name, act];
    });
    return Object.fromEntries(entries) as T;
  }

  const { table, queue, payloads, lambda, services } = world;
  const own: World = {
    ...world,
    table: gated(table),
    queue: gated(queue),
    payloads: gated(payloads),
    lambda: gated(lambda),
    ...(services === undefined ? {} : { services: gated(services) }),
    settings: { ...world.settings },
  };
  const handler = createAdvanceHandler(own, report);

  async function work(name: QueueName, batch: Received[]): Promise<void> {
    const { account, region } = own.settings;
    const records = batch.map(({ id, receipt, body, receiveCount }) => ({
      messageId: id,
      receiptHandle: receipt,
      body,
      attributes: { ApproximateReceiveCount: String(receiveCount) },
      eventSourceARN: `arn:aws:sqs:${region}:${account}:stepwell-${name}`,
    }));
    const begun = own.clock.now();
    const deadline = begun + TIMEOUT_MS[name];
    const context = { getRemainingTimeInMillis: () => deadline - own.clock.now() };
    const { batchItemFailures } = await handler({ Records: records } as SQSEvent, context);
    onShift(name, own.clock.now() - begun);
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { id, receipt } of batch) if (!failed.has(id)) await own.queue.delete(name, receipt);
  }

  return {
    get inFlight() {
      return isAlive ? inFlight : 0;
    },
    invoke(name, batch) {
      inFlight++;
      void work(name, batch).finally(() => inFlight--);
    },
    crash() {
      isAlive = false;
    },
  };
}
