// Best practice, beyond what the service refuses: rules that workflows in production were sorry to have broken. Pure;
// the command line gives each finding its line.
// https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html
import { type Json, printJson } from '../expr/json.ts';
import type { Definition, State, TaskState } from './definition.ts';
import { within } from './diagnostic.ts';
import { integrationOf } from './resource.ts';
import { eachState } from './scope.ts';

export interface Advice {
  rule: keyof typeof RULES;
  message: string;
  location: string;
}

/** Every rule with the hint that goes with it. */
export const RULES = {
  'task-timeout': 'Set TimeoutSeconds to a little more than the work can take; the default is 99999999 seconds.',
  'lambda-retry':
    'Add a Retry for Lambda.ServiceException, Lambda.AWSLambdaException, Lambda.SdkClientException and Lambda.TooManyRequestsException.',
  'lambda-catch': 'Add a Catch for States.ALL that cleans up, reports, or ends with a clear error.',
  'large-payload': 'Keep the data in Amazon S3 and pass its bucket and key; input and output end at 256 KiB.',
} satisfies Record<string, string>;

/** Half of what a payload may have: it is copied into every state after this one. */
const LARGE_CHARACTERS = 128 * 1024;

/** Errors of the Lambda service itself that pass; one of these or a wildcard makes a Retry useful. */
const TRANSIENT = new Set([
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'States.TaskFailed',
  'States.ALL',
]);

export function lintDefinition(definition: Definition): Advice[] {
  const found: Advice[] = [];
  eachState(definition, (state, name, location) => {
    if (state.Type === 'Task') found.push(...lintTask(state, name, location));
    found.push(...lintLiterals(state, name, location));
  });
  return found;
}

function lintTask(task: TaskState, name: string, location: string): Advice[] {
  const found: Advice[] = [];
  const advise = (rule: Advice['rule'], message: string) => found.push({ rule, message, location });
  if (task.TimeoutSeconds === undefined && task.TimeoutSecondsPath === undefined)
    advise(
      'task-timeout',
      `Task '${name}' has no TimeoutSeconds: if nobody answers, it waits for more than three years`,
    );
  if (isLambda(task.Resource)) {
    const retried = (task.Retry ?? []).flatMap(({ ErrorEquals }) => ErrorEquals);
    if (!retried.some((error) => TRANSIENT.has(error)))
      advise('lambda-retry', `Task '${name}' calls Lambda and does not retry its transient errors`);
    if ((task.Catch ?? []).length === 0)
      advise('lambda-catch', `Task '${name}' calls Lambda and has no Catch: an error ends the execution`);
  }
  if (carriesObject(task)) advise('large-payload', `Task '${name}' reads a whole S3 object into the state's output`);
  return found;
}

function isLambda(resource: string): boolean {
  return /^arn:[^:]*:lambda:/.test(resource) || integrationOf(resource)?.service === 'lambda';
}

/** S3 GetObject puts the body into the result; only a state that throws the result away or picks from it is safe. */
function carriesObject({ Resource: resource, ResultPath, ResultSelector, Output }: TaskState): boolean {
  const integration = integrationOf(resource);
  if (integration?.service !== 'aws-sdk:s3' || integration.action !== 'getObject') return false;
  return ResultPath !== null && ResultSelector === undefined && Output === undefined;
}

const LITERALS = ['Result', 'Parameters', 'Arguments', 'ItemSelector', 'Items', 'Output', 'Assign'];

function lintLiterals(state: State, name: string, location: string): Advice[] {
  const fields = state as unknown as Record<string, Json | undefined>;
  return LITERALS.flatMap((field): Advice[] => {
    const value = fields[field];
    const size = value === undefined ? 0 : printJson(value).length;
    if (size <= LARGE_CHARACTERS) return [];
    const message = `The ${field} of '${name}' carries ${Math.round(size / 1024)} KiB through the workflow`;
    return [{ rule: 'large-payload', message, location: within(location, field) }];
  });
}
