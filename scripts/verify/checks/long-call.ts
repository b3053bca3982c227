// A function that takes fourteen minutes: a worker of the call queue waits for it, and nobody calls it twice.
import { type Check, expectSame } from '../check.ts';
import { countOf, runOne, task } from '../executions.ts';

export const longCall: Check = {
  title: 'A function that takes 14 minutes',
  onLocalStack: true,
  async run(place, { longCallSeconds }) {
    const definition = { StartAt: 'Long', States: { Long: task(place, { End: true }, 'verify-long') } };
    const { status, events, seconds } = await runOne(
      place,
      definition,
      { sleep: longCallSeconds },
      longCallSeconds + 300,
    );
    expectSame('status', status, 'SUCCEEDED');
    expectSame('calls', countOf(events, 'LambdaFunctionScheduled'), 1);
    return { seconds, 'of which the function': longCallSeconds };
  },
};
