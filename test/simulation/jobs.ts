// A service that runs jobs (Glue, by its actions): begins them, tells how they stand, stops them. What it was asked for
// twice it runs twice, so nobody may.
import { type AwsServices, ServiceError, type ServiceRequest } from '../../core/ports.ts';
import { SimulatedTrouble } from './faults.ts';
import type { LogWatch } from './log-watch.ts';
import type { Scheduler } from './scheduler.ts';
import type { Behaviour } from './workflow.ts';

interface Job {
  JobName: string;
  begunAt: number;
  isStopped: boolean;
}

export interface Jobs {
  services: AwsServices;
  /** Jobs that never end by themselves and that nobody has stopped. */
  running(): string[];
}

export function simulatedJobs(scheduler: Scheduler, watch: LogWatch, behaviourOf: (name: string) => Behaviour): Jobs {
  const jobs = new Map<string, Job>();

  const stateOf = ({ JobName, begunAt, isStopped }: Job): string => {
    const { durationMs, hangs, failures } = behaviourOf(JobName);
    if (isStopped) return 'STOPPED';
    if (hangs || scheduler.now < begunAt + durationMs) return 'RUNNING';
    return failures > 0 ? 'FAILED' : 'SUCCEEDED';
  };

  function answer({ action, parameters }: ServiceRequest): object {
    const { JobName = '', RunId = '', Arguments = {}, JobRunIds = [] } = parameters as unknown as GlueRequest;
    if (action === 'startJobRun') {
      watch.invoked(`${Arguments['--run']} ${JobName} ${Arguments['--key']}`);
      const JobRunId = `job${jobs.size + 1}`;
      jobs.set(JobRunId, { JobName, begunAt: scheduler.now, isStopped: false });
      return { JobRunId };
    }
    for (const id of JobRunIds) {
      const job = jobs.get(id);
      if (job !== undefined && stateOf(job) === 'RUNNING') job.isStopped = true;
    }
    const job = jobs.get(RunId);
    return job === undefined ? {} : { JobRun: { Id: RunId, JobName, JobRunState: stateOf(job) } };
  }

  return {
    services: {
      async call(request) {
        const output = await scheduler
          .request(`glue.${request.action}`, async () => answer(request))
          .catch((trouble) => {
            if (!(trouble instanceof SimulatedTrouble)) throw trouble;
            const refusal = new ServiceError('SdkClientException', trouble.message, 0, 'request');
            throw Object.assign(refusal, { cause: trouble });
          });
        return { output: output as never, status: 200, requestId: 'request', headers: {} };
      },
    },
    running: () => [...jobs].flatMap(([id, job]) => (stateOf(job) === 'RUNNING' ? [id] : [])),
  };
}

interface GlueRequest {
  JobName?: string;
  RunId?: string;
  Arguments?: Record<string, string>;
  JobRunIds?: string[];
}
