// More work than workers: with two at once Lambda refuses the others, messages come back, and nothing ends up dead.
import { type Check, expectSame } from '../check.ts';
import { startMany, task } from '../executions.ts';

const EXECUTIONS = 200;

export const throttled: Check = {
  title: `${EXECUTIONS} executions with workers throttled to two`,
  onLocalStack: true,
  async run(place) {
    const target = ['--function-name', place.named('advance')];
    await place.aws('lambda', 'put-function-concurrency', ...target, '--reserved-concurrent-executions', '2');
    try {
      const definition = {
        StartAt: 'One',
        States: {
          One: task(place, { Next: 'Pause' }),
          Pause: { Type: 'Wait', Seconds: 2, Next: 'Two' },
          Two: task(place, { End: true }),
        },
      };
      const begun = performance.now();
      const batch = await startMany(
        place,
        definition,
        Array.from({ length: EXECUTIONS }, (_, i) => ({ i, sleep: 1 })),
      );
      await batch.ended(1_800);
      expectSame('outcomes', await batch.counts(), { SUCCEEDED: EXECUTIONS });
      await batch.remove();
      return { executions: EXECUTIONS, seconds: Math.round((performance.now() - begun) / 1000) };
    } finally {
      await place.aws('lambda', 'delete-function-concurrency', ...target);
    }
  },
};
