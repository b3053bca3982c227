// Task: what its fields must be to each other: arguments that the integration cannot do without, a heartbeat shorter
// than the timeout, no role for an activity.
import { isObject, type JsonObject } from '../expr/json.ts';
import { within } from './diagnostic.ts';
import { requiredHttpArguments, reservedHeaders } from './http-arguments.ts';
import { integrationOf, isActivity } from './resource.ts';
import { fail, type Place } from './shape.ts';

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

export function checkTask(task: JsonObject, place: Place, location: string): void {
  const { Resource: resource, TimeoutSeconds: timeout, HeartbeatSeconds: heartbeat } = task;
  if (typeof timeout === 'number' && typeof heartbeat === 'number' && heartbeat >= timeout)
    fail(place, 'HeartbeatSeconds must be smaller than TimeoutSeconds', within(location, 'HeartbeatSeconds'));
  if (typeof resource !== 'string') return;
  if (isActivity(resource) && Object.hasOwn(task, 'Credentials'))
    fail(place, "The field 'Credentials' is not supported for activities", within(location, 'Credentials'));
  checkArguments(task, resource, place, location);
}

function checkArguments(task: JsonObject, resource: string, place: Place, location: string): void {
  const { service = '', action = '' } = integrationOf(resource) ?? {};
  const required = REQUIRED_ARGUMENTS[`${service}:${action}`] ?? requiredHttpArguments(service, action);
  if (!required) return;
  const field = place.language === 'JSONPath' ? 'Parameters' : 'Arguments';
  const given = task[field];
  if (given === undefined) fail(place, `${field} field is required for resource ARN: ${resource}`, location);
  // One expression for all arguments says nothing about any of them.
  if (!isObject(given)) return;
  for (const name of required)
    if (!Object.hasOwn(given, name) && !Object.hasOwn(given, `${name}.$`))
      fail(place, `The field '${name}' is required but was missing`, within(location, field));
  const refused = reservedHeaders(service, action, given.Headers);
  if (refused !== undefined) fail(place, refused, within(location, field));
}
