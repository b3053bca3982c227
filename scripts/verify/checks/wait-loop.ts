// Twenty turns of a Wait: each is a message that a worker sends to its own queue. Lambda stops such a loop after sixteen
// turns, unless it was told that it may go on (recursiveLoop, and clients that do not pass the trace on).
import { type Check, expectSame } from '../check.ts';
import { countOf, runOne } from '../executions.ts';

const TURNS = 20;

export const waitLoop: Check = {
  title: `A loop of ${TURNS} Waits`,
  onLocalStack: true,
  async run(place) {
    const definition = {
      QueryLanguage: 'JSONata',
      StartAt: 'Pause',
      States: {
        Pause: { Type: 'Wait', Seconds: 1, Output: '{% {"turn": $states.input.turn + 1} %}', Next: 'Again' },
        Again: {
          Type: 'Choice',
          Choices: [{ Condition: `{% $states.input.turn < ${TURNS} %}`, Next: 'Pause' }],
          Default: 'Done',
        },
        Done: { Type: 'Succeed' },
      },
    };
    const { status, events, seconds } = await runOne(place, definition, { turn: 0 }, 300);
    expectSame('status', status, 'SUCCEEDED');
    expectSame('turns', countOf(events, 'WaitStateExited'), TURNS);
    return { seconds, 'ms late for a Wait': Math.round((seconds * 1000) / TURNS - 1000) };
  },
};
