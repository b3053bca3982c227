// One function called thirty times by one run, each call after a turn through the queue: what loop detection looks for
// in functions, too.
import { type Check, expectSame } from '../check.ts';
import { countOf, runOne, task } from '../executions.ts';

const CALLS = 30;

export const sameFunction: Check = {
  title: `One function called ${CALLS} times in one run, with a Wait between`,
  onLocalStack: true,
  async run(place) {
    const definition = {
      QueryLanguage: 'JSONata',
      StartAt: 'Call',
      States: {
        Call: task(place, { Arguments: { turn: '{% $states.input.turn + 1 %}' }, Next: 'Pause' }),
        Pause: { Type: 'Wait', Seconds: 1, Next: 'Again' },
        Again: {
          Type: 'Choice',
          Choices: [{ Condition: `{% $states.input.turn < ${CALLS} %}`, Next: 'Call' }],
          Default: 'Done',
        },
        Done: { Type: 'Succeed' },
      },
    };
    const { status, events, seconds } = await runOne(place, definition, { turn: 0 }, 600);
    expectSame('status', status, 'SUCCEEDED');
    expectSame('calls', countOf(events, 'LambdaFunctionSucceeded'), CALLS);
    return { seconds };
  },
};
