// From a commit to production on mocked builds and deployments, with a person's approval by the command line.
import { readFileSync } from 'node:fs';
import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { readMockConfig } from '../../local/mock-config.ts';
import { example } from './example.ts';
import { endOf } from './local-server.ts';
import { stepwell as runStepwell } from './stepwell.ts';

const folder = 'examples/ci-cd';
const IMAGE = '123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:3f2a9c1';

const shop = example('ci-cd', { mocks: 'MockConfigFile.json' });

const stepwell = async (...args: string[]) => {
  const { out, err } = await runStepwell([...args, '--endpoint-url', shop.laptop.server.url]);
  return [...err, ...out];
};

/** Starts the case that ships and waits until a person is asked; gives the names of the states that were entered. */
async function untilAsked(name: string): Promise<string[]> {
  await stepwell('start', 'ci-cd#Ships', '--name', name, '--input', `${folder}/inputs/commit.json`);
  const executionArn = `${shop.machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  const history = async () => {
    const { events = [] } = await shop.laptop.client.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }),
    );
    return events;
  };
  const isAsked = async () =>
    (await history()).some((event) => event.taskSubmittedEventDetails?.resource === 'invoke.waitForTaskToken');
  await expect.poll(isAsked, { timeout: 20_000 }).toBe(true);
  return (await history()).flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []);
}

test('what a person approved goes to production', async () => {
  expect(await untilAsked('good')).toEqual([
    'Begin',
    'RunTests',
    'BuildImage',
    'PushToRegistry',
    'DeployToStaging',
    'SmokeTests',
    'AskForApproval',
  ]);
  expect(shop.laptop.lines.find((line) => line.includes('is on staging'))).toContain(
    `${IMAGE} is on staging. To production: stepwell approve ci-cd:good`,
  );
  expect(await stepwell('approve', 'ci-cd:good', '--output', '{"by":"Ada"}')).toEqual(['Approved AskForApproval.']);
  const { status, output, types } = await endOf(
    shop.laptop.client,
    `${shop.machineArn.replace(':stateMachine:', ':execution:')}:good`,
  );
  expect(status).toBe('SUCCEEDED');
  expect(JSON.parse(output!)).toEqual({
    image: IMAGE,
    approvedBy: 'Ada',
    task: 'arn:aws:ecs:us-east-1:123456789012:task/production/deploy',
  });
  expect(types.filter((type) => type === 'TaskSubmitted')).toHaveLength(7);
});

test('what a person rejected does not', async () => {
  await untilAsked('bad');
  await stepwell('reject', 'ci-cd:bad', '--error', 'NotApproved', '--cause', 'not on a Friday');
  const { status, error, cause, types } = await endOf(
    shop.laptop.client,
    `${shop.machineArn.replace(':stateMachine:', ':execution:')}:bad`,
  );
  expect({ status, error, cause }).toEqual({
    status: 'FAILED',
    error: 'NotApproved',
    cause: 'Commit 3f2a9c1 was not shipped: not on a Friday',
  });
  expect(types.filter((type) => type === 'TaskSubmitted')).toHaveLength(6);
});

test.each([
  ['TestsFail', 'RunTestsFailed', 'build shop-tests:1 ended with FAILED.', 1],
  ['SmokeTestsFail', 'SmokeTestsFailed', 'Essential container in task exited (exit code 1).', 5],
])('%s: the team is told, and nobody is asked', async (testCase, error, reason, jobs) => {
  const ended = await shop.run(testCase, 'commit');
  expect(ended).toMatchObject({ status: 'FAILED', error, cause: `Commit 3f2a9c1 was not shipped: ${reason}` });
  expect(ended.types.filter((type) => type === 'TaskScheduled')).toHaveLength(jobs);
  expect(shop.laptop.lines.some((line) => line.startsWith(`[tell-team] ${error}: Commit 3f2a9c1`))).toBe(true);
});

test('the README tells of every test case', () => {
  const { machines } = readMockConfig(`${folder}/MockConfigFile.json`);
  const readme = readFileSync(`${folder}/README.md`, 'utf8');
  for (const name of machines.get('ci-cd')!.keys()) expect(readme).toContain(`| \`${name}\` |`);
});
