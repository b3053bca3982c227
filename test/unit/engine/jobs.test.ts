// Tasks that wait for a job of a service: submitted once, asked for until it has ended, stopped when nobody waits for it.
import { expect, test } from 'vitest';
import { build, buildState, jobWorld } from '../../support/job-service.ts';

const MINUTE = 60_000;

test('the task is over when the job is, and its result is the description of the job', async () => {
  const { world, asked } = jobWorld(5 * MINUTE);
  const { status, output, chain, events } = await world.run(build());
  expect({ status, output }).toEqual({
    status: 'SUCCEEDED',
    output: { Build: { BuildStatus: 'SUCCEEDED', Id: 'build-1' } },
  });
  expect(chain).toEqual([
    '1<0 ExecutionStarted',
    '2<0 TaskStateEntered',
    '3<2 TaskScheduled',
    '4<3 TaskStarted',
    '5<4 TaskSubmitted',
    '6<5 TaskSucceeded',
    '7<6 TaskStateExited',
    '8<7 ExecutionSucceeded',
  ]);
  expect(events[4]).toMatchObject({
    taskSubmittedEventDetails: { resourceType: 'codebuild', resource: 'startBuild.sync' },
  });
  expect(asked.filter(({ action }) => action === 'startBuild')).toHaveLength(1);
});

test('it is asked for in ever longer pauses, from a second to a minute, under the roles of the task', async () => {
  const { world, asked, timesOf } = jobWorld(60 * MINUTE);
  const { status } = await world.run(build({ Credentials: { RoleArn: 'arn:aws:iam::123456789012:role/task' } }));
  expect(status).toBe('SUCCEEDED');
  const times = timesOf('batchGetBuilds');
  const pauses = times.map((time, i) => time - (times[i - 1] ?? 0));
  expect(pauses.slice(0, 3)).toEqual([1, 1, 1]);
  expect(Math.max(...pauses)).toBe(60);
  expect(pauses.toSorted((a, b) => a - b)).toEqual(pauses);
  expect(times.length).toBeLessThan(110);
  const roles = {
    roleArn: 'arn:aws:iam::123456789012:role/task',
    machineRoleArn: 'arn:aws:iam::123456789012:role/test',
  };
  for (const request of asked) expect(request).toMatchObject(roles);
});

test('a job that fails fails the task with States.TaskFailed and its description', async () => {
  const { world, builds } = jobWorld(5 * MINUTE);
  const creation = await world.start(build());
  await world.pass(MINUTE);
  builds[0]!.status = 'FAILED';
  await world.settle();
  const { status, error, cause, chain } = await world.outcomeOf(creation);
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.TaskFailed' });
  expect(JSON.parse(cause!)).toEqual({ Build: { BuildStatus: 'FAILED', Id: 'build-1' } });
  expect(chain[5]).toBe('6<5 TaskFailed');
});

test('Retry runs a new job, Catch goes on without one', async () => {
  const { world, builds, asked } = jobWorld(5 * MINUTE);
  const rest = {
    Retry: [{ ErrorEquals: ['States.TaskFailed'], MaxAttempts: 1 }],
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Over' }],
  };
  const creation = await world.start(build(rest, { Over: { Type: 'Succeed' } }));
  for (const number of [0, 1]) {
    await world.pass(MINUTE);
    builds[number]!.status = 'TIMED_OUT';
  }
  await world.settle();
  expect(await world.outcomeOf(creation)).toMatchObject({
    status: 'SUCCEEDED',
    output: { Error: 'States.TaskFailed' },
  });
  expect(builds).toHaveLength(2);
  expect(asked.filter(({ action }) => action === 'stopBuild')).toHaveLength(0);
});

test('a job that cannot be submitted is the failure of the task, in the service’s words', async () => {
  const { world, refuse } = jobWorld(0);
  refuse('startBuild', { code: 'ResourceNotFoundException', status: 400 });
  const { status, error, cause, chain } = await world.run(build());
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'CodeBuild.ResourceNotFoundException' });
  expect(cause).toMatch(/^No \(Service: AWSCodeBuild; Status Code: 400; Error Code: ResourceNotFoundException; /);
  expect(chain[4]).toBe('5<4 TaskFailed');
});

const PASSING = [
  ['ThrottlingException', 400],
  ['TooManyRequestsException', 429],
  ['InternalServerException', 500],
  ['SdkClientException', 0],
  ['ExpiredTokenException', 403],
] as const;

test.each(PASSING)('%s (status %i) while it is asked for changes nothing but the pauses', async (code, status) => {
  const { world, refuse, timesOf } = jobWorld(5 * MINUTE);
  refuse('batchGetBuilds', ...Array.from({ length: 5 }, () => ({ code, status })));
  expect(await world.run(build())).toMatchObject({ status: 'SUCCEEDED' });
  const times = timesOf('batchGetBuilds');
  expect(times.slice(0, 4)).toEqual([1, 3, 7, 15]);
  // The fifth refusal is answered by the longest pause; then it goes on as if nothing had been.
  expect(times[5]! - times[4]!).toBeGreaterThan(60);
  expect(times[6]! - times[5]!).toBeLessThan(60);
});

test('who may not ask for the job fails with the service’s error; the job is left alone', async () => {
  const { world, refuse, asked } = jobWorld(5 * MINUTE);
  refuse('batchGetBuilds', { code: 'AccessDeniedException', status: 400 });
  const { error, cause } = await world.run(build());
  expect(error).toBe('CodeBuild.AccessDeniedException');
  expect(cause).toContain('Service: AWSCodeBuild; Status Code: 400');
  expect(asked.at(-1)!.action).toBe('batchGetBuilds');
});

test('a job that is not to be seen yet is waited for; one that vanished fails the task', async () => {
  const { world, builds } = jobWorld(5 * MINUTE);
  const creation = await world.start(build());
  await world.pass(100);
  const [only] = builds.splice(0);
  await world.pass(30_000);
  builds.push(only!);
  await world.pass(MINUTE);
  expect((await world.outcomeOf(creation)).status).toBe('RUNNING');
  builds.splice(0);
  await world.settle();
  expect(await world.outcomeOf(creation)).toMatchObject({
    status: 'FAILED',
    error: 'States.TaskFailed',
    cause: 'The service shows no job {"Id":"build-1"}.',
  });
});

test('TimeoutSeconds ends the wait on time, and the job', async () => {
  const { world, builds } = jobWorld(60 * MINUTE);
  const { status, error, startDate, stopDate, chain } = await world.run(build({ TimeoutSeconds: 600 }));
  expect({ status, error, after: stopDate! - startDate }).toEqual({
    status: 'FAILED',
    error: 'States.Timeout',
    after: 600_000,
  });
  expect(chain[5]).toBe('6<5 TaskTimedOut');
  expect(builds[0]!.status).toBe('STOPPED');
});

test('HeartbeatSeconds has nothing to say about a job: nobody could send a heartbeat', async () => {
  const { world } = jobWorld(5 * MINUTE);
  expect(await world.run(build({ HeartbeatSeconds: 10, TimeoutSeconds: 600 }))).toMatchObject({ status: 'SUCCEEDED' });
});

test('who stops the execution stops the job, and nobody asks for it any more', async () => {
  const { world, builds, asked } = jobWorld(60 * MINUTE);
  const { executionArn } = await world.start(build());
  await world.pass(MINUTE);
  await world.api('StopExecution', { executionArn });
  expect(builds[0]!.status).toBeUndefined();
  await world.pass(MINUTE);
  expect(builds[0]!.status).toBe('STOPPED');
  const before = asked.length;
  await world.pass(60 * MINUTE);
  expect(asked).toHaveLength(before);
});

test('the timeout of the whole execution stops the job', async () => {
  const { world, builds } = jobWorld(60 * MINUTE);
  expect(await world.run({ ...build(), TimeoutSeconds: 300 })).toMatchObject({ status: 'TIMED_OUT' });
  expect(builds[0]!.status).toBe('STOPPED');
});

const FAIL_SOON = {
  StartAt: 'W',
  States: { W: { Type: 'Wait', Seconds: 100, Next: 'F' }, F: { Type: 'Fail', Error: 'Broken' } },
};
const JOBS_BESIDE = {
  StartAt: 'P',
  States: {
    P: {
      Type: 'Parallel',
      Branches: [build(), FAIL_SOON, { StartAt: 'Second', States: { Second: buildState({ End: true }) } }],
      End: true,
    },
  },
};

test('a failing branch stops the jobs of the others', async () => {
  const { world, builds } = jobWorld(60 * MINUTE);
  expect(await world.run(JOBS_BESIDE)).toMatchObject({ status: 'FAILED', error: 'Broken' });
  expect(builds.map(({ status }) => status)).toEqual(['STOPPED', 'STOPPED']);
});

const JOBS_BY_AND_BY = {
  StartAt: 'M',
  States: {
    M: {
      Type: 'Map',
      ItemProcessor: {
        StartAt: 'W',
        States: { W: { Type: 'Wait', SecondsPath: '$', Next: 'Build' }, Build: buildState({ End: true }) },
      },
      End: true,
    },
  },
};

test('who stops an execution of many branches stops the jobs of all', async () => {
  const { world, builds } = jobWorld(60 * MINUTE);
  const { executionArn } = await world.start(JOBS_BY_AND_BY, [1, 20, 40]);
  await world.pass(MINUTE);
  await world.api('StopExecution', { executionArn });
  await world.pass(MINUTE);
  expect(builds.map(({ status }) => status)).toEqual(['STOPPED', 'STOPPED', 'STOPPED']);
});

test('a stop that the service refuses for a while is asked for again', async () => {
  const { world, builds, refuse, timesOf } = jobWorld(60 * MINUTE);
  const { executionArn } = await world.start(build());
  await world.pass(MINUTE);
  refuse('stopBuild', { code: 'ThrottlingException', status: 400 }, { code: 'InternalError', status: 500 });
  await world.api('StopExecution', { executionArn });
  await world.pass(5 * MINUTE);
  expect(builds[0]!.status).toBe('STOPPED');
  expect(timesOf('stopBuild').length).toBeGreaterThanOrEqual(3);
});

test('a stopped execution that is redriven runs a new job', async () => {
  const { world, builds } = jobWorld(5 * MINUTE);
  const creation = await world.start(build());
  await world.pass(MINUTE);
  const { executionArn } = creation;
  await world.api('StopExecution', { executionArn });
  await world.pass(MINUTE);
  await world.api('RedriveExecution', { executionArn });
  await world.settle();
  expect(await world.outcomeOf(creation)).toMatchObject({ status: 'SUCCEEDED' });
  expect(builds.map(({ status }) => status)).toEqual(['STOPPED', undefined]);
});

test('a job that begins while the execution is being stopped is stopped too', async () => {
  const { world, builds, slow } = jobWorld(60 * MINUTE);
  slow('startBuild', 5_000);
  const { executionArn } = await world.start(build());
  await world.pass(1_000);
  await world.api('StopExecution', { executionArn });
  await world.pass(MINUTE);
  expect(builds.map(({ status }) => status)).toEqual(['STOPPED']);
});
