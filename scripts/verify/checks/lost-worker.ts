// Workers that die in the middle of a batch, by their timeout or their memory: their calls fail as lost, ordinary Retry
// blocks take them up, and no attempt is made twice.
import { type Check, expectSame } from '../check.ts';
import { countOf, startMany, task } from '../executions.ts';
import { type Place, sleep } from '../place.ts';
import { type Harm, whileHarmed } from '../sabotage.ts';

const EXECUTIONS = 10;
/** The worker dies while it waits for calls that are under way. */
const HARMED_AFTER_SECONDS = 4;
const CALL_SECONDS = 15;
/** Until a hanging worker is ended (60 s), with something to spare. */
const HARM_LASTS_SECONDS = 75;

async function survive(place: Place, harm: Harm) {
  const definition = {
    StartAt: 'Call',
    States: {
      Call: task(place, {
        Retry: [{ ErrorEquals: ['Lambda.SdkClientException'], IntervalSeconds: 1, MaxAttempts: 5 }],
        End: true,
      }),
    },
  };
  let batch: Awaited<ReturnType<typeof startMany>> | undefined;
  await whileHarmed(place, { name: 'advance', harm, seconds: HARMED_AFTER_SECONDS }, async () => {
    const inputs = Array.from({ length: EXECUTIONS }, (_, i) => ({ execution: i, sleep: CALL_SECONDS }));
    batch = await startMany(place, definition, inputs);
    await sleep(HARM_LASTS_SECONDS);
  });
  const { arns, ended, events, counts, remove } = batch!;
  await ended(1_200);
  expectSame('outcomes', await counts(), { SUCCEEDED: EXECUTIONS });
  let lost = 0;
  for (const arn of arns) {
    const history = await events(arn);
    const failed = countOf(history, 'LambdaFunctionFailed') + countOf(history, 'LambdaFunctionTimedOut');
    expectSame('attempts that ended', failed + 1, countOf(history, 'LambdaFunctionScheduled'));
    lost += failed;
  }
  await remove();
  return { executions: EXECUTIONS, 'calls lost with their worker and tried again': lost };
}

export const killedByTimeout: Check = {
  title: 'Workers killed by their timeout in the middle of a batch',
  onLocalStack: true,
  run: (place) => survive(place, 'hang'),
};

export const killedByMemory: Check = {
  title: 'Workers killed by their memory in the middle of a batch',
  onLocalStack: true,
  run: (place) => survive(place, 'memory'),
};
