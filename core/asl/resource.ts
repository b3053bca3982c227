// Task: the Resource ARN, and what follows from it. A Lambda function, an activity, or an integration
// `arn:<partition>:states:<region?>:<account?>:<service>:<action>[.sync|.sync:2|.waitForTaskToken]`. Services are not
// listed here: AWS adds them faster than anyone could copy; only what it is known to refuse is refused.
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
const PATTERN = /\.(sync|sync:2|waitForTaskToken)$/;

/** Services whose optimised integration never offers the pattern (measured on AWS). */
const WITHOUT_SYNC = new Set(['lambda', 'sns', 'sqs', 'dynamodb', 'events', 'apigateway', 'aws-sdk']);
const WITHOUT_CALLBACK = new Set(
  'athena batch codebuild elasticmapreduce emr-containers emr-serverless glue databrew mediaconvert sagemaker dynamodb'.split(
    ' ',
  ),
);

/** `${...}` is what deployment tools put in later: nothing can be said about it, and its colons divide nothing. */
const SUBSTITUTION = /\$\{[^{}]*\}/g;
const UNKNOWN = '*';

function partsOf(resource: string): { service?: string; rest?: string } {
  const [, service, rest] = ARN.exec(resource.replace(SUBSTITUTION, UNKNOWN)) ?? [];
  return service === undefined || rest === undefined ? {} : { service, rest };
}

/** The integration that a Resource names; undefined for a Lambda function, an activity, or something else. */
export function integrationOf(resource: string): Integration | undefined {
  const { service, rest } = partsOf(resource);
  if (service !== 'states' || rest === undefined || rest.startsWith('activity:')) return undefined;
  const pattern = PATTERN.exec(rest)?.[0] ?? '';
  const called = rest.slice(0, rest.length - pattern.length);
  const colon = called.lastIndexOf(':');
  return colon < 0 ? undefined : { service: called.slice(0, colon), action: called.slice(colon + 1), pattern };
}

export function isActivity(resource: string): boolean {
  const { service, rest } = partsOf(resource);
  return service === 'states' && rest !== undefined && rest.startsWith('activity:');
}

export const resource: Check = (value, place) => {
  if (typeof value !== 'string') fail(place, 'Expected value of type String');
  else {
    const { service } = partsOf(value);
    if (service === undefined) {
      if (value.search(SUBSTITUTION) < 0) fail(place, 'Value is not a valid resource ARN');
    } else if (isActivity(value)) {
      if (place.express) fail(place, 'Express state machine does not support Activity ARN');
    } else if (service === 'states') checkIntegration(value, place);
    else if (service !== 'lambda' && service !== UNKNOWN) fail(place, notRecognized(value));
  }
};

function checkIntegration(value: string, place: Place): void {
  const integration = integrationOf(value);
  // AWS prints one space more for the callback pattern than for the job pattern.
  if (place.express && integration?.pattern === '.waitForTaskToken')
    fail(place, "Express state machine does not support '.waitForTaskToken' service integration ");
  else if (place.express && integration?.pattern)
    fail(place, "Express state machine does not support '.sync' service integration");
  else if (integration ? isImpossible(integration) : value.search(SUBSTITUTION) < 0) fail(place, notRecognized(value));
}

function isImpossible({ service: full, pattern }: Integration): boolean {
  const service = full.split(':')[0] ?? '';
  if (pattern === '.waitForTaskToken') return WITHOUT_CALLBACK.has(service);
  if (pattern === '.sync:2') return service !== 'states' && service !== UNKNOWN;
  return pattern === '.sync' && WITHOUT_SYNC.has(service);
}

function notRecognized(arn: string): string {
  return `The resource provided ${arn} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`;
}
