// A new version deployed over executions that run: they go on, each task called once.
import { execFileSync } from 'node:child_process';
import { type Check, expectSame } from '../check.ts';
import { countOf, startMany, task } from '../executions.ts';

/** Long enough for a deployment to begin and end meanwhile. */
const WAIT_SECONDS = 180;
const READ_IN_FULL = 50;

export const redeploy: Check = {
  title: 'A deployment over running executions',
  onLocalStack: true,
  async run(place, { executions }) {
    const definition = {
      StartAt: 'Before',
      States: {
        Before: task(place, { Next: 'Pause' }),
        Pause: { Type: 'Wait', Seconds: WAIT_SECONDS, Next: 'After' },
        After: task(place, { End: true }),
      },
    };
    const batch = await startMany(
      place,
      definition,
      Array.from({ length: executions }, (_, i) => ({ i })),
    );
    const begun = performance.now();
    const deploy = ['scripts/run.mjs', 'deploy', '--stage', place.stage, '--region', place.region, '--force'];
    execFileSync(process.execPath, deploy, { stdio: 'ignore' });
    const deployed = Math.round((performance.now() - begun) / 1000);
    const { RUNNING: running = 0 } = await batch.counts();
    await batch.ended(1_800);
    expectSame('outcomes', await batch.counts(), { SUCCEEDED: executions });
    for (const arn of batch.arns.slice(0, READ_IN_FULL))
      expectSame('calls', countOf(await batch.events(arn), 'LambdaFunctionScheduled'), 2);
    await batch.remove();
    return { executions, 'seconds to deploy': deployed, 'still running when it was deployed': running };
  },
};
