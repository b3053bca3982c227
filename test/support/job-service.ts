// A service that runs jobs: CodeBuild, as far as tasks use it. A build ends when the test says so, by time or by hand.
import { AwsServiceError, type AwsServices, type ServiceRequest } from '../../core/ports.ts';
import { type MemoryWorld, memoryWorld, type Twist } from './memory-world.ts';

export interface Build {
  id: string;
  startedAt: number;
  /** Absent as long as it runs. */
  status?: string;
}

export interface JobWorld {
  world: MemoryWorld;
  builds: Build[];
  /** Every request, with the time of the world. */
  asked: (ServiceRequest & { at: number })[];
  /** When the actions named were asked for, in seconds after the first request. */
  timesOf(action: string): number[];
  /** This action takes its time to answer. */
  slow(action: string, ms: number): void;
  /** Refuses the next requests of these actions, one by one. */
  refuse(action: string, ...errors: { code: string; status: number }[]): void;
}

/** Builds take this long, or until they are stopped. */
export function jobWorld(
  buildMs: number,
  settings: Partial<MemoryWorld['settings']> = {},
  twist: Twist = {},
): JobWorld {
  const builds: Build[] = [];
  const asked: JobWorld['asked'] = [];
  const pauses = new Map<string, number>();
  const refusals = new Map<string, { code: string; status: number }[]>();

  function described({ id, startedAt, status }: Build) {
    const isDone = world.clock.now() >= startedAt + buildMs;
    return { BuildStatus: status ?? (isDone ? 'SUCCEEDED' : 'IN_PROGRESS'), Id: id };
  }

  function answerTo({ action, parameters }: ServiceRequest): object {
    switch (action) {
      case 'startBuild': {
        const build = { id: `build-${builds.length + 1}`, startedAt: world.clock.now() };
        builds.push(build);
        return { Build: described(build) };
      }
      case 'batchGetBuilds': {
        const ids = parameters.Ids as string[];
        return { Builds: builds.filter(({ id }) => ids.includes(id)).map(described) };
      }
      case 'stopBuild': {
        const build = builds.find(({ id }) => id === parameters.Id);
        if (build !== undefined) build.status = 'STOPPED';
        return {};
      }
      default:
        throw new Error(`Nobody answers ${action}`);
    }
  }

  const services: AwsServices = {
    async call(request) {
      asked.push({ ...request, at: world.clock.now() });
      const pause = pauses.get(request.action) ?? 0;
      if (pause > 0) await world.sleep(pause);
      const refusal = refusals.get(request.action)?.shift();
      if (refusal !== undefined) throw refused(refusal);
      const output = answerTo(request) as never;
      return { output, status: 200, requestId: 'request', headers: {} };
    },
  };
  const world: MemoryWorld = memoryWorld({ work: (payload: never) => payload }, settings, { ...twist, services });
  return {
    world,
    builds,
    asked,
    timesOf: (action) =>
      asked.filter((each) => each.action === action).map(({ at }) => (at - (asked[0]?.at ?? 0)) / 1000),
    slow: (action, ms) => void pauses.set(action, ms),
    refuse: (action, ...errors) => void refusals.set(action, errors),
  };
}

function refused({ code, status }: { code: string; status: number }): AwsServiceError {
  return new AwsServiceError(
    { code, message: 'No', status, requestId: 'request' } as never,
    status === 0 ? { serviceId: 'CodeBuild' } : { serviceId: 'CodeBuild', exception: code },
  );
}

/** A machine of one task that runs a build and waits for its end. */
export function build(rest: object = {}, more: object = {}): object {
  return { StartAt: 'Build', States: { Build: buildState({ End: true, ...rest }), ...more } };
}

export function buildState(rest: object): object {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::codebuild:startBuild.sync',
    Parameters: { ProjectName: 'project' },
    ...rest,
  };
}
