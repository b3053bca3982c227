// Holds a mocked result of a Task against what the called API answers. Fields that the API does not know are let
// through, as on AWS; so is every result of an API whose shapes are not here (docs: the support matrix).
import { validation } from '../api/exceptions.ts';
import { parseResource } from '../engine/call.ts';
import { isNumber, isObject, type Json, toNumber } from '../expr/json.ts';
import { jobRow } from '../integrations/jobs.ts';
import { parseShapes, type Shapes } from './shape-notation.ts';
import athena from './shapes/athena.ts';
import batch from './shapes/batch.ts';
import codebuild from './shapes/codebuild.ts';
import dynamodb from './shapes/dynamodb.ts';
import ecs from './shapes/ecs.ts';
import eventbridge from './shapes/eventbridge.ts';
import glue from './shapes/glue.ts';
import kms from './shapes/kms.ts';
import lambda from './shapes/lambda.ts';
import s3 from './shapes/s3.ts';
import secretsmanager from './shapes/secretsmanager.ts';
import sfn from './shapes/sfn.ts';
import sns from './shapes/sns.ts';
import sqs from './shapes/sqs.ts';
import ssm from './shapes/ssm.ts';

const NOTATIONS: Record<string, string> = {
  athena,
  batch,
  codebuild,
  dynamodb,
  ecs,
  eventbridge,
  glue,
  kms,
  lambda,
  s3,
  secretsmanager,
  sfn,
  sns,
  sqs,
  ssm,
};

/** Optimised integrations whose name is not that of the SDK. */
const SDK_NAMES: Record<string, string> = { events: 'eventbridge', states: 'sfn' };

/** What an optimised integration makes JSON of, so that it may be anything. */
const FREE_FIELDS: Record<string, readonly string[]> = { 'lambda:invoke': ['Payload'] };

const parsed = new Map<string, Shapes>();

/** Throws ValidationException at the first field that is not as the API would have it. */
export function checkTaskResult(resource: string, result: Json, isStrict: boolean): void {
  const integration = parseResource(resource);
  if (integration.kind !== 'service') return;
  const { service, pattern } = integration;
  // What a token's holder answers is up to the holder.
  if (pattern === 'waitForTaskToken') return;
  const name = service.replace(/^aws-sdk:/, '');
  const shapes = shapesOf(SDK_NAMES[name] ?? name);
  const answer = shapes?.answerOf(pattern === '' ? integration.action : polledAction(service, integration.action));
  if (shapes === undefined || answer === undefined) return;
  if (!isObject(result)) throw validation('Mocked result must be a JSON object.');
  const free = FREE_FIELDS[`${service}:${integration.action}`] ?? [];
  const checked = Object.fromEntries(Object.entries(result).filter(([field]) => !free.includes(field)));
  check(shapes, answer, 'result', checked, isStrict);
}

function shapesOf(service: string): Shapes | undefined {
  const known = parsed.get(service);
  const notation = Object.hasOwn(NOTATIONS, service) ? NOTATIONS[service] : undefined;
  if (known !== undefined || notation === undefined) return known;
  const shapes = parseShapes(notation);
  parsed.set(service, shapes);
  return shapes;
}

/** The action whose answer tells how a job stands that the service waits for. */
function polledAction(service: string, action: string): string {
  if (service === 'states' && action === 'startExecution') return 'describeExecution';
  return jobRow(service, action)?.describe ?? '';
}

function check(shapes: Shapes, type: string, field: string, value: Json, isStrict: boolean): void {
  const shape = shapes.read(type);
  switch (shape.kind) {
    case 'string':
      if (typeof value !== 'string') throw wrong(field, 'must be a string');
      return;
    case 'boolean':
      if (typeof value !== 'boolean') throw wrong(field, 'must be a boolean');
      return;
    case 'number':
      if (!isNumber(value)) throw wrong(field, 'must be a number');
      if (shape.max !== undefined && toNumber(value) > shape.max) throw wrong(field, 'exceeds the maximum value');
      if (shape.min !== undefined && toNumber(value) < shape.min) throw wrong(field, 'is below the minimum value');
      return;
    case 'enum':
      if (typeof value !== 'string') throw wrong(field, 'must be a string');
      if (!shape.values.includes(value)) throw wrong(field, 'is not an expected value');
      return;
    case 'list':
      if (!Array.isArray(value)) throw wrong(field, 'must be an array');
      for (const item of value) check(shapes, shape.of, field, item, isStrict);
      return;
    case 'map':
      if (!isObject(value)) throw wrong(field, 'must be an object');
      for (const [key, item] of Object.entries(value)) check(shapes, shape.of, key, item, isStrict);
      return;
    case 'structure':
      if (!isObject(value)) throw wrong(field, 'must be an object');
      for (const { name, isRequired, type: of } of shape.fields) {
        const member = Object.hasOwn(value, name) ? value[name] : undefined;
        if (member !== undefined && member !== null) check(shapes, of, name, member, isStrict);
        else if (isRequired && isStrict) throw wrong(name, 'is required');
      }
  }
}

function wrong(field: string, what: string): Error {
  return validation(`Mock result schema validation error: Field '${field}' ${what}`);
}
