// Forty tasks in a row: longer than one message carries, and far longer than Lambda lets a loop be that it detects.
import { type Check, expectSame } from '../check.ts';
import { countOf, runOne, task } from '../executions.ts';

const LENGTH = 40;

export const chain: Check = {
  title: `A chain of ${LENGTH} tasks`,
  onLocalStack: true,
  async run(place) {
    const States = Object.fromEntries(
      Array.from({ length: LENGTH }, (_, i) => [
        `S${i}`,
        task(place, i + 1 < LENGTH ? { Next: `S${i + 1}` } : { End: true }),
      ]),
    );
    const { status, events, seconds } = await runOne(place, { StartAt: 'S0', States }, {}, 300);
    expectSame('status', status, 'SUCCEEDED');
    expectSame('calls', countOf(events, 'LambdaFunctionSucceeded'), LENGTH);
    return { seconds, 'ms for a task': Math.round((seconds * 1000) / LENGTH) };
  },
};
