// What a deployment would be, read from the packaged template: the promises that nobody would notice broken until it costs.
// Packaging needs no account and no network.

import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { EVERYBODY } from '../core/api/access.ts';

interface Resource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: templates are as deep as CloudFormation is wide
  Properties: any;
  DeletionPolicy?: string;
}

interface Statement {
  Action: string | string[];
  Resource: unknown;
}

/** Every resource that a policy may name with a star, and why it must. `<Name>` is what the stack puts there. */
const REVIEWED = new Map([
  ['<PayloadBucket.Arn>/*', 'all objects of our own bucket'],
  [
    'arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:*',
    'which functions workflows call is not known at deployment; the parameter callableFunctions narrows it',
  ],
  [
    'arn:<AWS::Partition>:iam::<AWS::AccountId>:role/stepwell/*',
    'roles that were made for workflows, by their path; the parameter assumableRoles narrows it',
  ],
  [
    'arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:*',
    'which queues start executions is not known at deployment; the parameter triggerQueues narrows it',
  ],
  [
    'arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:connection/*',
    'which connections HTTP tasks use is not known at deployment; granted only with httpAllowedHosts',
  ],
  [
    'arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:events!connection/*',
    'secrets that EventBridge keeps for connections, and no others; granted only with httpAllowedHosts',
  ],
]);

/** What a bundle may weigh, without the SDK: Lambda loads it at every cold start. */
const BUNDLE_BYTES_MAX = 1_000_000;

const FUNCTIONS = ['Advance', 'Api', 'Call', 'DeadLetter', 'StartFromEvents', 'StartFromS3', 'StartFromSqs', 'Sweep'];
const folder = mkdtempSync(join(tmpdir(), 'stepwell-package-'));
let resources: Record<string, Resource> = {};
let conditions: Record<string, unknown> = {};
let parameters: object = {};

const handlerOf = ([, { Properties }]: [string, Resource]) => Properties.Handler;
const ofType = (type: string) => Object.entries(resources).filter(([, resource]) => resource.Type === type);
interface Policy {
  PolicyName: string;
  PolicyDocument: { Statement: Statement[] };
}

/** Those on condition, too. */
const policiesOf = (role: Resource): Statement[] =>
  role.Properties.Policies.flatMap(
    (policy: Policy | { 'Fn::If': [string, Policy, unknown] }) =>
      ('Fn::If' in policy ? policy['Fn::If'][1] : policy).PolicyDocument.Statement,
  );

/** All texts inside a value, however deep. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value.replaceAll(/\$\{([^}]+)\}/g, '<$1>')];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

beforeAll(() => {
  const env = { ...process.env, AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_EC2_METADATA_DISABLED: 'true' };
  execFileSync(process.execPath, ['scripts/run.mjs', 'package', '--package', folder], { env, stdio: 'pipe' });
  const template = readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8');
  ({ Resources: resources, Conditions: conditions, Parameters: parameters } = JSON.parse(template));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('package', () => {
  test('leaves one archive per function', () => {
    const starts = ['startFromSqs', 'startFromS3', 'startFromEvents'];
    for (const name of ['advance', 'call', 'api', 'sweep', 'deadLetter', ...starts]) {
      expect(existsSync(join(folder, `${name}.zip`)), name).toBe(true);
    }
  });

  test('leaves bundles of less than a megabyte', () => {
    const bundles = readdirSync('dist/lambda').filter((name) => name.endsWith('.mjs'));
    expect(bundles).toHaveLength(new Set(ofType('AWS::Lambda::Function').map(handlerOf)).size);
    for (const name of bundles) expect(statSync(`dist/lambda/${name}`).size, name).toBeLessThan(BUNDLE_BYTES_MAX);
  });

  test('lets the workers feed their own queues', () => {
    expect(resources.AdvanceLambdaFunction?.Properties.RecursiveLoop).toBe('Allow');
    expect(resources.CallLambdaFunction?.Properties.RecursiveLoop).toBe('Allow');
    expect(resources.StartFromSqsLambdaFunction?.Properties.RecursiveLoop).toBe('Allow');
  });

  test('gives every function a role of its own', () => {
    const roles = ofType('AWS::Lambda::Function').map(([, { Properties }]) => Properties.Role['Fn::GetAtt'][0]);
    expect(roles.toSorted()).toEqual(FUNCTIONS.map((name) => `${name}Role`));
    expect(
      ofType('AWS::IAM::Role')
        .map(([name]) => name)
        .toSorted(),
    ).toEqual(roles.toSorted());
  });

  test('allows no action by a star, and no resource by a star that was not reviewed', () => {
    for (const [name, role] of ofType('AWS::IAM::Role')) {
      for (const { Action, Resource } of policiesOf(role)) {
        const stars = [...textsIn(Action), ...textsIn(Resource).filter((text) => !REVIEWED.has(text))];
        expect(
          stars.filter((text) => text.includes('*')),
          name,
        ).toEqual([]);
      }
    }
  });

  test('reads connections only where a parameter says so, which by default it does not', () => {
    const conditional = (role: string): [string, string][] =>
      resources[role]!.Properties.Policies.flatMap((policy: { 'Fn::If'?: [string, Policy] }) =>
        policy['Fn::If'] === undefined ? [] : [[policy['Fn::If'][0], policy['Fn::If'][1].PolicyName]],
      );
    for (const role of ['AdvanceRole', 'CallRole', 'ApiRole'])
      expect(conditional(role), role).toEqual([['CallsHttp', 'read-connections']]);
    expect(conditions).toMatchObject({
      CallsHttp: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'HttpAllowedHosts' }, ''] }] },
    });
    expect(parameters).toMatchObject({ HttpAllowedHosts: { Default: '' } });
    const unconditional = Object.values(resources).filter(({ Type }) => Type === 'AWS::IAM::Role');
    const granted = unconditional.flatMap(({ Properties }) =>
      textsIn(Properties.Policies.filter((policy: object) => !('Fn::If' in policy))),
    );
    expect(granted.filter((text) => /^(events:Describe|secretsmanager:)/.test(text))).toEqual([]);
  });

  test('lets a queue hide a message for longer than its worker can live', () => {
    const mappings = ofType('AWS::Lambda::EventSourceMapping');
    expect(mappings).toHaveLength(4);
    for (const [, { Properties }] of mappings) {
      const queue = resources[Properties.EventSourceArn['Fn::GetAtt'][0]]!;
      const worker = resources[Properties.FunctionName['Fn::GetAtt'][0]]!;
      expect(queue.Properties.VisibilityTimeout).toBeGreaterThanOrEqual(worker.Properties.Timeout + 30);
      expect(Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    }
  });

  test('keeps every queue encrypted and for 14 days, and sends what fails 20 times to a dead-letter queue', () => {
    for (const [, { Properties }] of ofType('AWS::SQS::Queue')) {
      expect(Properties).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 24 * 3600 });
    }
    for (const name of ['Advance', 'Call']) {
      expect(resources[`${name}Queue`]?.Properties.RedrivePolicy).toEqual({
        deadLetterTargetArn: { 'Fn::GetAtt': [`${name}DeadLetterQueue`, 'Arn'] },
        maxReceiveCount: 20,
      });
    }
  });

  test('keeps every event of a bucket or a rule that started nothing', () => {
    const kept = ofType('AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) => [
      Properties.FunctionName.Ref,
      Properties.DestinationConfig.OnFailure.Destination,
    ]);
    const queue = { 'Fn::GetAtt': ['TriggerDeadLetterQueue', 'Arn'] };
    expect(kept.toSorted()).toEqual([
      ['StartFromEventsLambdaFunction', queue],
      ['StartFromS3LambdaFunction', queue],
    ]);
  });

  test('lets only buckets of its own account and rules of its own name start executions', () => {
    const permissions = ofType('AWS::Lambda::Permission').map(([, { Properties }]) => Properties);
    const starts = permissions.filter(({ FunctionName }) => JSON.stringify(FunctionName).includes('StartFrom'));
    expect(starts).toHaveLength(4);
    for (const { Principal, SourceAccount, SourceArn } of starts) {
      if (Principal === 's3.amazonaws.com') expect(SourceAccount).toEqual({ Ref: 'AWS::AccountId' });
      else expect(textsIn(SourceArn)[0]).toMatch(/:rule\/(\*\/)?stepwell-dev-\*$/);
    }
  });

  test('outlives its stack with all data', () => {
    expect(resources.Table?.DeletionPolicy).toBe('Retain');
    expect(resources.PayloadBucket?.DeletionPolicy).toBe('Retain');
    expect(resources.Table?.Properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled).toBe(true);
  });

  test('tells somebody of what does not move', () => {
    const alarms = ofType('AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
    const watched = alarms.map(({ MetricName, Dimensions: [dimension] }) => {
      const { Ref, 'Fn::GetAtt': [queue] = [Ref] } = dimension.Value;
      return `${MetricName} of ${queue}`;
    });
    expect(watched).toEqual(
      expect.arrayContaining([
        'Invocations of DeadLetterLambdaFunction',
        'ApproximateNumberOfMessagesVisible of AdvanceDeadLetterQueue',
        'ApproximateNumberOfMessagesVisible of CallDeadLetterQueue',
        'ApproximateAgeOfOldestMessage of AdvanceQueue',
        'ApproximateAgeOfOldestMessage of CallQueue',
        'Errors of AdvanceLambdaFunction',
        'Errors of SweepLambdaFunction',
      ]),
    );
    for (const { AlarmActions } of alarms)
      expect(AlarmActions['Fn::If'].slice(0, 2)).toEqual(['HasAlarmTopic', [{ Ref: 'AlarmTopic' }]]);
  });

  test('keeps logs for a while, and only of trouble', () => {
    for (const [name, { Properties }] of ofType('AWS::Logs::LogGroup'))
      expect(Properties.RetentionInDays, name).toBe(30);
    for (const [name, { Properties }] of ofType('AWS::Lambda::Function'))
      expect(Properties.LoggingConfig, name).toMatchObject({ ApplicationLogLevel: 'WARN', SystemLogLevel: 'WARN' });
  });

  test('documents every parameter with its default', () => {
    const { params } = parse(readFileSync('serverless.yml', 'utf8'), { logLevel: 'silent' });
    const documented = readFileSync('docs/deploy.md', 'utf8');
    for (const [name, value] of Object.entries(params.default)) {
      const shown = value === '' ? '' : `\`${value}\``;
      expect(documented, name).toContain(`| \`${name}\` | ${shown} |`.replace('|  |', '| |'));
    }
  });

  test('takes the access policy of its stage along, and lets everybody in who may call the URL where there is none', () => {
    expect(JSON.parse(readFileSync('dist/lambda/access.json', 'utf8'))).toEqual(EVERYBODY);
    // Names in an archive are not compressed.
    expect(readFileSync(join(folder, 'api.zip')).includes('dist/lambda/access.json')).toBe(true);
  });

  test('does not deploy an access policy that nobody could follow', () => {
    const stage = `test-${process.pid}`;
    const isThere = existsSync('access');
    mkdirSync('access', { recursive: true });
    writeFileSync(`access/${stage}.json`, JSON.stringify({ Statement: [{ Effect: 'Allow', Condition: {} }] }));
    try {
      const build = () => execFileSync(process.execPath, ['scripts/build.mjs', '--stage', stage], { stdio: 'pipe' });
      expect(build).toThrow(`access/${stage}.json: Statement 1 of the access policy has Condition`);
    } finally {
      rmSync(isThere ? `access/${stage}.json` : 'access', { recursive: true });
    }
  });

  test('lets nobody call the API unsigned', () => {
    expect(ofType('AWS::Lambda::Url').map(([, { Properties }]) => Properties.AuthType)).toEqual(['AWS_IAM']);
  });
});
