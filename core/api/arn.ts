// Every kind of ARN that the service gives out or accepts: parsing with AWS's texts for what is wrong, and building.
// A qualifier is the version number or alias name after the machine's name; a label names the child workflow of a
// Distributed Map.
import type { World } from '../world.ts';
import { invalidArn, labeledArn } from './exceptions.ts';

export interface StateMachineArn {
  type: 'stateMachine';
  /** The whole text, without qualifier. */
  arn: string;
  name: string;
  label?: string;
  qualifier?: string;
}

export interface ExecutionArn {
  type: 'execution' | 'express';
  arn: string;
  machineName: string;
  label?: string;
  name: string;
}

export interface ActivityArn {
  type: 'activity';
  arn: string;
  name: string;
}

export interface MapRunArn {
  type: 'mapRun';
  arn: string;
  machineName: string;
  label: string;
  id: string;
}

export type Arn = StateMachineArn | ExecutionArn | ActivityArn | MapRunArn;
export type ResourceType = Arn['type'];

const RESOURCE_TYPES: ReadonlySet<string> = new Set(['stateMachine', 'execution', 'express', 'activity', 'mapRun']);

/** Parses an ARN of one of the types that the caller can use. Throws InvalidArn. */
export function parseArn<T extends ResourceType>(text: string, ...accepted: T[]): Extract<Arn, { type: T }> {
  const [prefix, partition, service, region, account, type, ...rest] = text.split(':');
  if (prefix !== 'arn') throw invalidArn(`Invalid ARN prefix: ${text}`);
  if (!partition || service !== 'states' || !region || !account || !type || !RESOURCE_TYPES.has(type) || !rest[0])
    throw invalidArn(`Invalid ARN: ${text}`);
  if (!(accepted as string[]).includes(type)) throw invalidArn(`Resource type not valid in this context: ${type}`);
  const parsed = parseResource(text, type as ResourceType, rest);
  if (parsed === undefined) throw invalidArn(`Invalid ARN: ${text}`);
  return parsed as Extract<Arn, { type: T }>;
}

function parseResource(arn: string, type: ResourceType, parts: string[]): Arn | undefined {
  const [first = '', second, third] = parts;
  const [name = '', label] = first.split('/');
  switch (type) {
    case 'stateMachine': {
      if (parts.length > 2 || second === '') return undefined;
      if (second === undefined) return { type, arn, name, ...(label && { label }) };
      return { type, arn: arn.slice(0, -(second.length + 1)), name, ...(label && { label }), qualifier: second };
    }
    case 'execution':
    case 'express':
      if (parts.length !== (type === 'express' ? 3 : 2) || !second || third === '') return undefined;
      return { type, arn, machineName: name, ...(label && { label }), name: second };
    case 'activity':
      return parts.length === 1 ? { type, arn, name: first } : undefined;
    case 'mapRun':
      return parts.length === 2 && label && second ? { type, arn, machineName: name, label, id: second } : undefined;
  }
}

/** A state machine's ARN, where a version or alias would not do. Throws InvalidArn, or ValidationException for a label. */
export function parseUnqualified(text: string): StateMachineArn {
  const arn = parseArn(text, 'stateMachine');
  if (arn.label !== undefined) throw labeledArn(text);
  if (arn.qualifier !== undefined) throw invalidArn('Invalid ARN: State machine ARN must not be qualified');
  return arn;
}

/** The ARN of a version and its number. Throws InvalidArn for anything else. */
export function parseVersionArn(text: string): StateMachineArn & { version: number } {
  const arn = parseArn(text, 'stateMachine');
  if (arn.qualifier === undefined || !isVersion(arn.qualifier)) throw invalidArn(`Invalid ARN: ${text}`);
  return { ...arn, version: Number(arn.qualifier) };
}

/** The ARN of an alias and its name. Throws InvalidArn for anything else. */
export function parseAliasArn(text: string): StateMachineArn & { alias: string } {
  const arn = parseArn(text, 'stateMachine');
  if (arn.qualifier === undefined || isVersion(arn.qualifier)) throw invalidArn(`Invalid ARN: ${text}`);
  return { ...arn, alias: arn.qualifier };
}

/** Alias names are never digits only, so a qualifier says what it is. */
export function isVersion(qualifier: string): boolean {
  return /^[0-9]+$/.test(qualifier);
}

export function machineArnOf(world: World, name: string): string {
  return build(world, 'stateMachine', name);
}

export function executionArnOf(world: World, machineName: string, name: string): string {
  return build(world, 'execution', `${machineName}:${name}`);
}

export function expressArnOf(world: World, machineName: string, name: string, id: string): string {
  return build(world, 'express', `${machineName}:${name}:${id}`);
}

export function activityArnOf(world: World, name: string): string {
  return build(world, 'activity', name);
}

function build({ settings }: World, type: ResourceType, rest: string): string {
  return `arn:${settings.partition}:states:${settings.region}:${settings.account}:${type}:${rest}`;
}
