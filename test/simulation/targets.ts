// The functions that simulated workflows call. They know their caller's log: how often a call failed so far is how many
// of its failures were recorded, so a worker that was lost with a failure in its hands does not change the outcome.
import { type LambdaFunctions, type LambdaRequest, ServiceError } from '../../core/ports.ts';
import { SimulatedTrouble } from './faults.ts';
import { type Jobs, simulatedJobs } from './jobs.ts';
import type { LogWatch } from './log-watch.ts';
import type { Scheduler } from './scheduler.ts';
import type { Behaviour } from './workflow.ts';

/** Somebody outside has a task token now. */
export type OnToken = (token: string, output: string, behaviour: Behaviour) => void;

const TIMEOUT_MS = 3_000;

export interface Targets {
  lambda: LambdaFunctions;
  jobs: Jobs;
  /** What a worker of an activity makes of the input of a task. */
  answerOf(input: Record<string, string>): [output: string, Behaviour];
}

export function simulatedTargets(
  scheduler: Scheduler,
  watch: LogWatch,
  behaviours: Map<string, Behaviour>,
  onToken: OnToken,
): Targets {
  const behaviourOf = (functionName: string): [string, Behaviour] => {
    const name = functionName.split(':').at(-1) ?? '';
    return [name, behaviours.get(name) ?? { failures: 0, durationMs: 0, timeoutMs: TIMEOUT_MS }];
  };

  /** The function runs; gives its answer. */
  function run(name: string, behaviour: Behaviour, { payload }: LambdaRequest) {
    const { key, run, token } = JSON.parse(payload);
    const place = `${run} ${name} ${key}`;
    watch.invoked(place);
    const output = `${name} ${digest(key)}`;
    if (token !== undefined) onToken(token, output, behaviour);
    const fails = watch.failuresOf(place) < behaviour.failures;
    const answer = { statusCode: 200, executedVersion: '$LATEST', requestId: 'request' };
    if (!fails) return { ...answer, payload: JSON.stringify(output) };
    const error = { errorType: 'CustomError', errorMessage: 'As told', trace: [place] };
    return { ...answer, functionError: 'Unhandled', payload: JSON.stringify(error) };
  }

  return {
    jobs: simulatedJobs(scheduler, watch, (name) => behaviourOf(name)[1]),
    answerOf: ({ state = '', key = '' }) => [`${state} ${digest(key)}`, behaviourOf(state)[1]],
    lambda: {
      async timeoutMs(functionName) {
        return behaviourOf(functionName)[1].timeoutMs;
      },
      async invoke(request, signal) {
        const [name, behaviour] = behaviourOf(request.functionName);
        const answer = await scheduler
          .request('lambda.invoke', async () => run(name, behaviour, request))
          .catch((trouble) => {
            // Refused, or lost on the way: the SDK has an error for each.
            if (!(trouble instanceof SimulatedTrouble)) throw trouble;
            throw trouble.message === 'Throttled'
              ? new ServiceError('TooManyRequestsException', trouble.message, 429, 'request')
              : new ServiceError('SdkClientException', trouble.message, 0, 'request');
          });
        if (behaviour.hangs) return await new Promise<never>(() => {});
        const duration = Math.min(behaviour.durationMs, behaviour.timeoutMs - 1);
        await scheduler.clock().until(scheduler.now + duration, signal);
        return answer;
      },
    },
  };
}

/** FNV-1a: enough to tell keys apart. */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return (hash >>> 0).toString(16);
}
