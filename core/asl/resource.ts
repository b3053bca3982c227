// Task: the Resource ARN, and what follows from it. A Lambda function, an activity, or an integration
// `arn:<partition>:states:<region?>:<account?>:<service>:<action>[.sync|.sync:2|.waitForTaskToken]`. Services are not
// listed here: AWS adds them faster than anyone could copy; only what it is known to refuse is refused.
import { isObject, type JsonObject } from '../expr/json.ts';
import { within } from './diagnostic.ts';
import { type Check, fail, type Place } from './shape.ts';

export interface Integration {
  /** `sqs`, `aws-sdk:s3`... */
  service: string;
  /** `sendMessage` */
  action: string;
  /** `.sync`, `.sync:2`, `.waitForTaskToken`, or empty for request-response. */
  pattern: string;
}

const ARN = /^arn:[^:]*:([^:]*):[^:]*:[^:]*:(.+)$/s;
const SUBSTITUTION = /\$\{[^}]*\}/;
const PATTERN = /\.(sync|sync:2|waitForTaskToken)$/;

/** Services whose optimised integration never offers the pattern (measured on AWS). */
const WITHOUT_SYNC = new Set(['lambda', 'sns', 'sqs', 'dynamodb', 'events', 'apigateway', 'aws-sdk']);
const WITHOUT_CALLBACK = new Set(
  'athena batch codebuild elasticmapreduce emr-containers emr-serverless glue databrew mediaconvert sagemaker dynamodb'.split(
    ' ',
  ),
);

/** Fields that AWS asks for when the machine is created (measured on AWS). */
const REQUIRED_ARGUMENTS: Record<string, readonly string[]> = {
  'lambda:invoke': ['FunctionName'],
  'sqs:sendMessage': ['QueueUrl', 'MessageBody'],
  'sns:publish': ['Message'],
  'dynamodb:putItem': ['TableName', 'Item'],
  'dynamodb:getItem': ['TableName', 'Key'],
  'states:startExecution': ['StateMachineArn'],
  'events:putEvents': ['Entries'],
  'ecs:runTask': ['TaskDefinition'],
  'glue:startJobRun': ['JobName'],
};

/** The integration that a Resource names; undefined for a Lambda function, an activity, or something else. */
export function integrationOf(resource: string): Integration | undefined {
  const [, service, rest] = ARN.exec(resource) ?? [];
  if (service !== 'states' || rest === undefined || rest.startsWith('activity:')) return undefined;
  const pattern = PATTERN.exec(rest)?.[0] ?? '';
  const called = rest.slice(0, rest.length - pattern.length);
  const colon = called.lastIndexOf(':');
  return colon < 0 ? undefined : { service: called.slice(0, colon), action: called.slice(colon + 1), pattern };
}

export function isActivity(resource: string): boolean {
  const [, service, rest] = ARN.exec(resource) ?? [];
  return service === 'states' && rest !== undefined && rest.startsWith('activity:');
}

export const resource: Check = (value, place) => {
  const service = typeof value === 'string' ? ARN.exec(value)?.[1] : undefined;
  if (typeof value !== 'string') fail(place, 'Expected value of type String');
  else if (service === undefined) {
    // Deployment tools put the ARN in later; until then nothing can be said about it.
    if (!SUBSTITUTION.test(value)) fail(place, 'Value is not a valid resource ARN');
  } else if (isActivity(value)) {
    if (place.express) fail(place, 'Express state machine does not support Activity ARN');
  } else if (service === 'states') checkIntegration(value, place);
  else if (service !== 'lambda' && !SUBSTITUTION.test(service)) fail(place, notRecognized(value));
};

function checkIntegration(value: string, place: Place): void {
  const integration = integrationOf(value);
  if (!integration) {
    if (!SUBSTITUTION.test(value)) fail(place, notRecognized(value));
    return;
  }
  const { pattern } = integration;
  const service = integration.service.split(':')[0] ?? '';
  // AWS prints one space more for the callback pattern than for the job pattern.
  if (place.express && pattern === '.waitForTaskToken')
    fail(place, "Express state machine does not support '.waitForTaskToken' service integration ");
  else if (place.express && pattern !== '')
    fail(place, "Express state machine does not support '.sync' service integration");
  else if (
    (pattern.startsWith('.sync') && WITHOUT_SYNC.has(service)) ||
    (pattern === '.sync:2' && service !== 'states' && !SUBSTITUTION.test(service)) ||
    (pattern === '.waitForTaskToken' && WITHOUT_CALLBACK.has(service))
  )
    fail(place, notRecognized(value));
}

function notRecognized(arn: string): string {
  return `The resource provided ${arn} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`;
}

/** The arguments of an integration: AWS knows which it cannot do without. */
export function checkArguments(task: JsonObject, place: Place, location: string): void {
  const value = task.Resource;
  if (typeof value !== 'string') return;
  if (isActivity(value) && Object.hasOwn(task, 'Credentials'))
    fail(place, "The field 'Credentials' is not supported for activities", within(location, 'Credentials'));
  const integration = integrationOf(value);
  if (!integration) return;
  const field = place.language === 'JSONPath' ? 'Parameters' : 'Arguments';
  const given = task[field];
  const required = REQUIRED_ARGUMENTS[`${integration.service}:${integration.action}`];
  if (required && given === undefined) fail(place, `${field} field is required for resource ARN: ${value}`, location);
  if (!required || !isObject(given)) return;
  for (const name of required)
    if (!Object.hasOwn(given, name) && !Object.hasOwn(given, `${name}.$`))
      fail(place, `The field '${name}' is required but was missing`, within(location, field));
}
