// What a schedule and a person look after: the sweep, which hands messages kept for later to the queue; dead letters,
// which their handler shelves, for a later sweep, or somebody redrives; the audit. Sweeps come when there is something to
// do, late or twice, and now and then when there is nothing; audits at any moment, and where somebody has purged a queue
// again and again until one of them has seen everything as it is in the end.
import type { SQSEvent } from 'aws-lambda';
import type { World } from '../../core/world.ts';
import { createDeadLetterHandler } from '../../handlers/dead-letter.ts';
import { createSweepHandler } from '../../handlers/sweep.ts';
import type { Chance } from './chance.ts';
import type { LogWatch } from './log-watch.ts';
import type { Scheduler, Source } from './scheduler.ts';
import type { SimulatedWorld } from './world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** SQS can wait this long itself, so that a message is handed over so long before its time. */
const HORIZON_MS = 900_000;
/** The audit sees what is due for longer than this. */
const OVERDUE_MS = 600_000;
/**
 * Between two audits: they grow rarer, because an execution may be about to wait for days; but many of them may die before
 * one sees everything, and an execution must not time out meanwhile.
 */
const AUDIT_MS_MIN = 900_000;
const AUDIT_MS_MAX = 3_600_000;

export function lookAfter(
  scheduler: Scheduler,
  chance: Chance,
  { table, queue, workers }: SimulatedWorld,
  watch: Pick<LogWatch, 'changedAt' | 'isAnyRunning' | 'purged'>,
): void {
  const spawn = (name: string, work: (world: World) => Promise<unknown>) =>
    void workers.spawn(name, name === 'burial' ? name : 'sweep', MINUTE_MS, work).catch(() => {});
  const sweep = () =>
    spawn('sweep', async (world) => void (await createSweepHandler(world, workers.report)().catch(workers.report)));

  let sweptAt = 0;
  const sweeping: Source = {
    nextAt() {
      const later = [...table.kept('later#')].map(({ at }) => Number(at) - HORIZON_MS);
      const shelved = [...table.kept('stalled')].map(({ shelvedAt }) => Number(shelvedAt) + HOUR_MS);
      return Math.max(Math.min(...later, ...shelved), sweptAt + MINUTE_MS);
    },
    isReady: () => scheduler.strikes('sweep') || sweeping.nextAt() <= scheduler.now,
    act() {
      // The schedule may leave one out, or come twice.
      sweptAt =
        scheduler.now +
        (scheduler.strikes('delay') ? scheduler.luck('delay').pick([MINUTE_MS, 10 * MINUTE_MS, HOUR_MS]) : 0);
      for (let times = scheduler.strikes('duplicate') ? 2 : 1; times > 0; times--) sweep();
    },
  };

  let purgedAt: number | undefined;
  let [auditAt, pause] = [Number.POSITIVE_INFINITY, AUDIT_MS_MIN];
  /** When the last audit began that nothing kept from its work. */
  let auditedAt = 0;
  const isAuditOwed = () =>
    purgedAt !== undefined && (watch.isAnyRunning || auditedAt <= Math.max(purgedAt, watch.changedAt) + OVERDUE_MS);

  const auditing: Source = {
    nextAt: () => (isAuditOwed() && scheduler.liveActors('audit') === 0 ? auditAt : Number.POSITIVE_INFINITY),
    isReady: () => scheduler.strikes('audit') || auditing.nextAt() <= scheduler.now,
    act() {
      const begunAt = scheduler.now;
      pause = Math.min(2 * pause, AUDIT_MS_MAX);
      auditAt = begunAt + pause;
      spawn('audit', async (world) => {
        let isWhole = true;
        const report = (trouble: unknown) => {
          isWhole = false;
          workers.report(trouble);
        };
        await createSweepHandler(world, report)({ audit: true }).catch(report);
        if (isWhole && scheduler.spoiled === undefined) auditedAt = begunAt;
      });
    },
  };

  scheduler.onPurge = () => {
    const luck = scheduler.luck('purge');
    const purged = luck.pick([['advance'], ['call'], ['advance', 'call']] as const);
    scheduler.note(`SOMEBODY PURGES ${purged}`);
    queue.purge(purged);
    watch.purged();
    purgedAt = scheduler.now;
    pause = luck.pick([AUDIT_MS_MIN, AUDIT_MS_MAX]);
    auditAt = purgedAt + luck.int(1, pause);
  };

  const burying: Source = {
    nextAt: () => (burying.isReady() ? scheduler.now : Number.POSITIVE_INFINITY),
    isReady: () => queue.deadLetters().length > 0 && scheduler.liveActors('burial') === 0,
    act() {
      const letter = chance.pick(queue.deadLetters());
      if (chance.hits(0.5)) return queue.redrive(letter);
      const { id, body } = letter;
      const eventSourceARN = `arn:aws:sqs:us-east-1:123456789012:stepwell-${letter.queue}-dead-letter`;
      spawn('burial', async (world) => {
        const handler = createDeadLetterHandler(world, workers.report);
        const event = { Records: [{ messageId: id, body, eventSourceARN }] };
        const { batchItemFailures } = await handler(event as SQSEvent, undefined);
        if (batchItemFailures.length === 0) queue.forget(letter);
      });
    },
  };
  scheduler.sources.push(sweeping, auditing, burying);
}
