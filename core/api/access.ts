// Who may do what with the API of a deployment. A function URL's own policies know who may call it, not for which action;
// this is the rest, in the language of IAM: statements that allow or deny principals, actions and resources, `*` and `?`
// in all of them. What no statement allows is denied, and a Deny wins.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
import { ApiError } from '../errors.ts';
import { isObject, type Json, type JsonObject } from '../expr/json.ts';
import type { World } from '../world.ts';
import { activityArnOf, machineArnOf } from './arn.ts';

export interface Statement {
  effect: 'Allow' | 'Deny';
  /** Patterns; of `aws:PrincipalArn`, and of the session's ARN where a role was assumed. */
  principals: string[];
  /** Patterns, in lower case: `states:start*`. */
  actions: string[];
  resources: string[];
}

export type AccessPolicy = Statement[];

/** Whoever may call the URL may do everything. */
export const EVERYBODY: JsonObject = {
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
};

const MEMBERS = ['Sid', 'Effect', 'Principal', 'Action', 'Resource'];

/** Reads a policy document. Throws an Error whose message says what is wrong with which statement. */
export function readAccessPolicy(document: Json): AccessPolicy {
  const statements = isObject(document) ? [document.Statement ?? []].flat() : [];
  if (statements.length === 0) throw new Error('An access policy has a Statement, one or a list.');
  return statements.map((statement, index) => {
    const wrong = (sentence: string) => new Error(`Statement ${index + 1} of the access policy ${sentence}.`);
    if (!isObject(statement)) throw wrong('is no object');
    const unknown = Object.keys(statement).find((member) => !MEMBERS.includes(member));
    if (unknown !== undefined) throw wrong(`has ${unknown}, but only ${MEMBERS.join(', ')} are understood`);
    const { Effect, Principal, Action, Resource = '*' } = statement;
    if (Effect !== 'Allow' && Effect !== 'Deny') throw wrong('has neither the Effect Allow nor Deny');
    const texts = (name: string, value: Json | undefined): string[] => {
      const list = [value ?? []].flat();
      if (list.length > 0 && list.every((text) => typeof text === 'string')) return list;
      throw wrong(`needs ${name}, a text or a list of texts`);
    };
    return {
      effect: Effect,
      principals: texts('Principal', isObject(Principal) ? Principal.AWS : Principal),
      actions: texts('Action', Action).map((action) => action.toLowerCase()),
      resources: texts('Resource', Resource),
    };
  });
}

export interface AccessRequest {
  /** The caller's ARN as IAM has it: of a user, or of a role's session. Undefined where it is not known. */
  caller: string | undefined;
  /** `states:StartExecution`, or `stepwell:…` for what AWS does not have. */
  action: string;
  resource: string;
}

/** Throws AccessDeniedException with AWS's text. */
export function checkAccess(policy: AccessPolicy, { caller, action, resource }: AccessRequest): void {
  const names = caller === undefined ? [''] : [caller, roleOf(caller)];
  const applying = policy.filter(
    ({ principals, actions, resources }) =>
      names.some((name) => fits(principals, name)) && fits(actions, action.toLowerCase()) && fits(resources, resource),
  );
  const isAllowed = applying.some(({ effect }) => effect === 'Allow');
  const isDenied = applying.some(({ effect }) => effect === 'Deny');
  if (isAllowed && !isDenied) return;
  const why = isDenied ? ' with an explicit deny' : '';
  throw new ApiError(
    'AccessDeniedException',
    `User: ${caller ?? 'anonymous'} is not authorized to perform: ${action} on resource: ${resource}${why}`,
  );
}

/** `arn:aws:sts::1:assumed-role/Name/session` is `arn:aws:iam::1:role/Name`; a role's path is in neither. */
function roleOf(caller: string): string {
  return caller.replace(/^(arn:[^:]+):sts::(\d+):assumed-role\/([^/]+)\/.*$/, '$1:iam::$2:role/$3');
}

function fits(patterns: string[], text: string): boolean {
  return patterns.some((pattern) => {
    const source = pattern
      .replaceAll(/[\\^$.|+()[\]{}]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return new RegExp(`^${source}$`, 's').test(text);
  });
}

/** Members that name what an action acts on, as AWS's service authorization reference has it. */
const RESOURCE_MEMBERS = [
  'stateMachineArn',
  'executionArn',
  'mapRunArn',
  'activityArn',
  'stateMachineVersionArn',
  'stateMachineAliasArn',
  'resourceArn',
];

/**
 * Everything that a request acts on: ARNs without qualifier, or `*` for actions that act on none. Only what the action
 * reads counts (`members`), and all of it, so that no member can stand in for another.
 */
export function resourcesOf(world: World, action: string, members: object, input: Json): string[] {
  if (!isObject(input)) return ['*'];
  const { name, routingConfiguration: routes } = input;
  if (action === 'states:CreateStateMachine' && typeof name === 'string') return [machineArnOf(world, name)];
  if (action === 'states:CreateActivity' && typeof name === 'string') return [activityArnOf(world, name)];
  const places = [input, ...(Array.isArray(routes) ? routes : [])].filter(isObject);
  const arns = RESOURCE_MEMBERS.filter((member) => member in members || member === 'stateMachineVersionArn')
    .flatMap((member) => places.map((place) => place[member]))
    .filter((value) => typeof value === 'string');
  return arns.length === 0 ? ['*'] : arns.map((arn) => asOurs(world, arn));
}

/** Machines are found by name: whatever account an ARN says, it is one of ours that is meant. */
function asOurs({ settings }: World, arn: string): string {
  const { partition, region, account } = settings;
  const [, , , , , type, name, ...rest] = arn.split(':');
  const resource = type === 'stateMachine' ? [type, name] : [type, name, ...rest];
  return ['arn', partition, 'states', region, account, ...resource].join(':');
}
