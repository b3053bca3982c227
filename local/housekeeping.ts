// What EventBridge and a second queue do on AWS: the sweep every minute, the audit at boot and daily, and dead letters
// to their handler.
import type { QueueName } from '../core/ports.ts';
import type { World } from '../core/world.ts';
import { createDeadLetterHandler } from '../handlers/dead-letter.ts';
import { createSweepHandler } from '../handlers/sweep.ts';
import type { LocalQueue } from '../infra/local-queue.ts';
import { sqsEvent } from './poller.ts';

const MINUTE_MS = 60_000;
const ROUNDS_PER_DAY = 24 * 60;

export interface HousekeepingOptions {
  world: World;
  /** Removes items that have expired, as DynamoDB does by itself. */
  purge(nowSeconds: number): Promise<number>;
  queue: LocalQueue;
  arnOf(queue: QueueName): string;
  report(trouble: unknown, where: string): void;
}

export interface Housekeeping {
  stop(): void;
}

/** The first round is at once. */
export function keepHouse({ world, purge, queue, arnOf, report }: HousekeepingOptions): Housekeeping {
  const sweep = createSweepHandler(world, report);
  const bury = createDeadLetterHandler(world, report);
  let rounds = 0;
  let isStopped = false;

  async function round(): Promise<void> {
    const audit = rounds % ROUNDS_PER_DAY === 0;
    rounds += 1;
    try {
      await sweep({ audit });
      // What was to be kept longer has been, by the audit.
      if (audit) await purge(Math.floor(world.clock.now() / 1000));
      for (const letter of await queue.deadLetters()) {
        const region = world.settings.region;
        const event = sqsEvent([{ ...letter, receipt: letter.id }], { arn: arnOf(letter.queue), region });
        const { batchItemFailures } = await bury(event, {});
        if (batchItemFailures.length === 0) await queue.deleteDeadLetter(letter.id);
      }
    } catch (trouble) {
      if (!isStopped) report(trouble, 'Housekeeping');
    }
  }

  void round();
  const timer = setInterval(round, MINUTE_MS);
  return {
    stop() {
      isStopped = true;
      clearInterval(timer);
    },
  };
}
