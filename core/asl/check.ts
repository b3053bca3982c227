// The definition checker: text in, diagnostics out, and the definition when there is no error. Never throws. It works
// in stages as AWS does: text, then fields and values, then (only if those are right) names, transitions and variables.
import { isObject, type JsonObject } from '../expr/json.ts';
import type { Definition, QueryLanguage } from './definition.ts';
import { type Diagnostic, isError, within } from './diagnostic.ts';
import { checkMapMode } from './map.ts';
import { checkNames } from './names.ts';
import { readDefinition } from './read.ts';
import { checkShape, type FoundScope, fail, inside, type Place } from './shape.ts';
import { SCOPES, STATE_TYPES, STATES } from './states.ts';
import { checkTask } from './task.ts';
import { checkTransitions } from './transitions.ts';
import { checkShadowing } from './variables.ts';
import { warnings } from './warnings.ts';

export { type Diagnostic, invalidDefinitionMessage } from './diagnostic.ts';

export interface CheckOptions {
  type?: 'STANDARD' | 'EXPRESS';
}

export interface CheckResult {
  /** Present when no diagnostic is an error. */
  definition?: Definition;
  diagnostics: Diagnostic[];
}

export function checkDefinition(text: string, options: CheckOptions = {}): CheckResult {
  const diagnostics: Diagnostic[] = [];
  const machine = readDefinition(text, diagnostics);
  if (!machine) return { diagnostics };
  const scopes = checkFields(machine, options.type === 'EXPRESS', diagnostics);
  if (!diagnostics.some(isError)) {
    checkNames(scopes, diagnostics);
    for (const { scope, at, kind } of scopes) checkTransitions(scope, at, kind === 'machine', diagnostics);
  }
  return finish(machine, diagnostics);
}

/** The name AWS gives a state that is tested on its own. */
const TESTED_STATE = 'StateName';

/** Checks one state on its own, as TestState takes it: its transitions may lead anywhere. */
export function checkSingleState(text: string): CheckResult & { stateName: string } {
  const diagnostics: Diagnostic[] = [];
  const state = readDefinition(text, diagnostics);
  if (!state) return { diagnostics, stateName: TESTED_STATE };
  const machine = { StartAt: TESTED_STATE, States: { [TESTED_STATE]: state } };
  checkFields(machine, false, diagnostics);
  return { ...finish(machine, diagnostics), stateName: TESTED_STATE };
}

/** Fields and names are right: what is left needs the definition as a whole. */
function finish(machine: JsonObject, diagnostics: Diagnostic[]): CheckResult {
  if (diagnostics.some(isError)) return { diagnostics };
  const definition = machine as unknown as Definition;
  checkShadowing(definition, diagnostics);
  diagnostics.push(...warnings(definition));
  return diagnostics.some(isError) ? { diagnostics } : { definition, diagnostics };
}

/** A scope known to be an object. */
interface CheckedScope extends FoundScope {
  scope: JsonObject;
}

/** Checks every scope against its tables, outer scopes first, and gives all scopes that are objects. */
function checkFields(machine: JsonObject, express: boolean, diagnostics: Diagnostic[]): CheckedScope[] {
  const language = machine.QueryLanguage === undefined ? 'JSONPath' : languageOf(machine);
  const scopes: FoundScope[] = [{ scope: machine, at: '/', kind: 'machine', express }];
  const checked: CheckedScope[] = [];
  for (const found of scopes) {
    const place = { owner: machine, at: found.at, field: '', language, express: found.express, diagnostics, scopes };
    if (!isObject(found.scope)) fail(place, 'Expected value of type Object', found.at);
    else {
      checked.push({ ...found, scope: found.scope });
      checkScope(found.scope, found, place);
    }
  }
  return checked;
}

function checkScope(scope: JsonObject, { at, kind }: FoundScope, place: Place): void {
  checkShape(scope, SCOPES[kind], place, at);
  if (!isObject(scope.States)) return;
  const all = within(at, 'States');
  if (Object.keys(scope.States).length === 0) fail(place, 'Value cannot be empty', all);
  for (const [name, state] of Object.entries(scope.States)) {
    const here = within(all, name);
    if (isObject(state)) checkState(state, here, place);
    else fail(place, 'Expected value of type Object', here);
  }
}

function checkState(state: JsonObject, at: string, machine: Place): void {
  const language = state.QueryLanguage === undefined ? machine.language : languageOf(state);
  const place = inside({ ...machine, language }, state, at, '');
  const type = state.Type;
  if (machine.language === 'JSONata' && language === 'JSONPath')
    fail(place, "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine", at);
  else if (type === undefined) fail(place, 'These fields are required: [Type]', at);
  else if (typeof type === 'string' && isStateType(type)) {
    checkShape(state, STATES[type], place, at);
    if (type === 'Task') checkTask(state, place, at);
    if (type === 'Map') checkMapMode(state, place, at);
  } else
    fail(place, `The field 'Type' should have one of these values: [${STATE_TYPES.join(', ')}]`, within(at, 'Type'));
}

/** Anything but exactly `JSONPath` counts as JSONata (measured on AWS); a wrong value has its own diagnostic. */
function languageOf(owner: JsonObject): QueryLanguage {
  return owner.QueryLanguage === 'JSONPath' ? 'JSONPath' : 'JSONata';
}

function isStateType(type: string): type is keyof typeof STATES {
  return STATE_TYPES.includes(type);
}
