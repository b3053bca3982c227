// Writes docs/supported.md from the code's own tables: `node scripts/supported.ts`. What each row was tested against
// stands here, because only a run can tell; test/supported.test.ts keeps the page and this file honest.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACTIONS } from '../core/api/actions/index.ts';
import { EXTENSIONS } from '../core/api/extensions/index.ts';
import { JOBS } from '../core/integrations/job-rows.ts';
import { OPTIMISED } from '../core/integrations/optimised-services.ts';

/** Called in recordings of AWS that give the same answers here. */
export const RECORDED_ACTIONS = new Set(
  `CreateActivity CreateStateMachine CreateStateMachineAlias DeleteActivity DeleteStateMachine DeleteStateMachineAlias
  DeleteStateMachineVersion DescribeActivity DescribeExecution DescribeStateMachine DescribeStateMachineForExecution
  GetActivityTask GetExecutionHistory ListExecutions ListStateMachineAliases ListStateMachines ListTagsForResource
  PublishStateMachineVersion SendTaskFailure SendTaskHeartbeat SendTaskSuccess StartExecution StartSyncExecution
  StopExecution TagResource TestState UntagResource UpdateStateMachine ValidateStateMachineDefinition`.split(/\s+/),
);

/** Resources of recordings of AWS that leave the same history here, with the services on LocalStack. */
const RECORDED_CALLS = new Set([
  'dynamodb:deleteItem',
  'dynamodb:putItem',
  'events:putEvents',
  'lambda:invoke',
  'sns:publish',
  'sqs:sendMessage',
  'sqs:sendMessage.waitForTaskToken',
]);

/** Further calls made at LocalStack by test/integration/services.test.ts. */
export const LOCALSTACK_CALLS = new Set(['dynamodb:getItem', 'dynamodb:updateItem']);

/** Actions that a cluster's own API does, not a service. */
const IN_CLUSTER: Record<string, string[]> = { 'eks:call': [''], 'eks:runJob': ['', 'sync'] };

const OWN = 'own tests';
const RECORDINGS = 'recordings';

export function supportedPage(): string {
  return `# What is supported

Written by \`node scripts/supported.ts\` from the code.

What a row was tested against:

- *recordings*: cases recorded on AWS give the same answers and histories here. What they call runs on LocalStack 4.14.
- *LocalStack*: called there by \`npm run test:localstack\`, the result compared with AWS's shape.
- *own tests*: \`npm test\`. For a service that means prepared answers: the request and the shape of result and error are
  tested, the service was never there.

## Actions of the API

${table(['Action', '', 'Tested against'], actionRows())}

Beyond AWS, as \`Stepwell.<Action>\` ([decision 006](decisions/006-own-actions.md)): ${ownActions()}.

## Integrations

| Resource | Patterns | Tested against |
|---|---|---|
| ARN of a Lambda function | request-response | ${RECORDINGS} |
| ARN of an activity | activity | ${RECORDINGS} |
| \`lambda:invoke\` | request-response | ${RECORDINGS} |
| | \`.waitForTaskToken\` | ${OWN} |
| \`states:startExecution\` | \`.sync\`, \`.sync:2\` | ${RECORDINGS} |
| | request-response, \`.waitForTaskToken\` | ${OWN} |
| \`http:invoke\` | request-response | LocalStack; ${OWN} against a web server |
| \`apigateway:invoke\` | request-response | LocalStack; ${OWN} against a web server |
| | \`.waitForTaskToken\` | ${OWN} |
| \`aws-sdk:sfn:*\` | request-response, \`.waitForTaskToken\` | ${RECORDINGS} |
| \`aws-sdk:<service>:<action>\` | request-response, \`.waitForTaskToken\` | ${RECORDINGS} of DynamoDB, S3 and Secrets Manager |

Any \`aws-sdk\` service can be called whose client of the AWS SDK for JavaScript is there: Lambda's runtime has them all;
elsewhere, the error names the package to install. Where AWS's own do not answer, those
with a stream of events, the result has the list of them.

### Optimised integrations

${table(['Resource', 'Patterns', 'Tested against'], integrationRows())}

### Jobs

With \`.sync\` the task waits for the job: Stepwell asks for it in growing pauses (an eighth of its age, between a second
and a minute; EMR every minute, then every five), and stops it when the task times out, a sibling fails or the execution
is stopped. Both take permissions of their own.

${table(['Resource', 'Asked for by', 'Stopped by'], jobRows())}
`;
}

function ownActions(): string {
  return Object.keys(EXTENSIONS)
    .map((name) => `\`${name}\``)
    .join(', ');
}

function actionRows(): string[][] {
  return Object.entries(ACTIONS).map(([name, action]) => {
    if ('unsupported' in action) return [name, `not yet: ${action.unsupported}`, ''];
    return [name, 'yes', RECORDED_ACTIONS.has(name) ? RECORDINGS : OWN];
  });
}

function integrationRows(): string[][] {
  const called = Object.entries(OPTIMISED).flatMap(([service, { actions }]) =>
    Object.entries(actions).map(([action, patterns]) => {
      const resource = `${service}:${action}`;
      return [`\`${resource}\``, patterns.map(shown).join(', '), evidence(resource, patterns)];
    }),
  );
  const inCluster = Object.entries(IN_CLUSTER).map(([resource, patterns]) => [
    `\`${resource}\``,
    patterns.map(shown).join(', '),
    `${OWN} against a TLS server`,
  ]);
  return [...called, ...inCluster].sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
}

function jobRows(): string[][] {
  const rows = Object.entries(JOBS).map(([resource, { describe, stop }]) => [
    `\`${resource}\``,
    `\`${describe}\``,
    stop === undefined ? '' : `\`${stop.action}\``,
  ]);
  rows.push(['`eks:runJob`', '`GET` of the job at the cluster', '`DELETE`']);
  return rows.sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
}

function evidence(resource: string, patterns: string[]): string {
  if (LOCALSTACK_CALLS.has(resource)) return 'LocalStack';
  if (!RECORDED_CALLS.has(resource)) return OWN;
  const unrecorded = patterns.includes('waitForTaskToken') && !RECORDED_CALLS.has(`${resource}.waitForTaskToken`);
  return unrecorded ? `${RECORDINGS}; ${shown('waitForTaskToken')}: ${OWN}` : RECORDINGS;
}

function shown(pattern: string): string {
  return pattern === '' ? 'request-response' : `\`.${pattern}\``;
}

function table(heads: string[], rows: string[][]): string {
  const lines = [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return lines
    .join('\n')
    .replaceAll(/\| {2}(?=\|)/g, '| ')
    .replaceAll(' --- ', '---');
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, '../docs/supported.md'), supportedPage());
