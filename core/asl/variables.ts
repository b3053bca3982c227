// Which variables a definition reads and sets: `variableReferences` of the Describe actions, and the rule that an inner
// scope never sets a variable of a scope around it.

import { isObject, type Json, type JsonObject, setOwn } from '../expr/json.ts';
import { expressionText, isExpression } from '../expr/jsonata.ts';
import { referencedVariables } from '../expr/jsonata-check.ts';
import { assignedName } from './assign.ts';
import type { Definition, State } from './definition.ts';
import { type Diagnostic, report, within } from './diagnostic.ts';
import { eachState, type LocatedScope, languageOfState, scopesOf } from './scope.ts';
import { member } from './shape.ts';

/** For each state that reads variables, their names in alphabetical order. */
export function variableReferences(definition: Definition): Record<string, string[]> {
  const references: JsonObject = {};
  eachState(definition, (state, name) => {
    const read = languageOfState(definition, state) === 'JSONata' ? readInJsonata : readInJsonPath;
    const names = new Set<string>();
    for (const [field, value] of Object.entries(ownFields(state))) read(field, value, names);
    if (names.size > 0) setOwn(references, name, [...names].sort());
  });
  return references as Record<string, string[]>;
}

/** Fields that hold other states, or text that is never evaluated. */
const NOT_EVALUATED = new Set(['Branches', 'ItemProcessor', 'Iterator', 'Comment', 'Result', 'ResultPath']);

function ownFields(state: State): JsonObject {
  const fields = state as unknown as JsonObject;
  return Object.fromEntries(Object.entries(fields).filter(([field]) => !NOT_EVALUATED.has(field)));
}

/** Fields whose value is a payload template: in them only keys that end in `.$` are evaluated. */
const TEMPLATES = new Set(['Parameters', 'ResultSelector', 'ItemSelector', 'BatchInput', 'Assign', 'Credentials']);

function readInJsonPath(field: string, value: Json, names: Set<string>): void {
  if (typeof value === 'string') {
    if (field === 'Variable' || /(Path|\.\$)$/.test(field)) for (const name of variablesOfPath(value)) names.add(name);
  } else if (TEMPLATES.has(field)) readTemplate(value, names);
  else for (const [key, item] of entriesOf(value, field)) readInJsonPath(key, item, names);
}

function readTemplate(value: Json, names: Set<string>): void {
  for (const [key, item] of entriesOf(value, '')) {
    if (typeof item !== 'string') readTemplate(item, names);
    else if (key.endsWith('.$')) for (const name of variablesOfPath(item)) names.add(name);
  }
}

function readInJsonata(_field: string, value: Json, names: Set<string>): void {
  if (isExpression(value)) for (const name of referencedVariables(expressionText(value))) names.add(name);
  for (const [key, item] of entriesOf(value, '')) readInJsonata(key, item, names);
}

/** Items of an array count as standing under the array's own key. */
function entriesOf(value: Json, key: string): [string, Json][] {
  if (Array.isArray(value)) return value.map((item) => [key, item]);
  return isObject(value) ? Object.entries<Json>(value as JsonObject) : [];
}

const QUOTED = /'(?:\\.|[^'\\])*'/gs;
const VARIABLE = /(?<![$\p{ID_Continue}])\$(\p{ID_Start}\p{ID_Continue}*)/gu;

/** Names in a path or an intrinsic function: `$name`, but not `$.field`, `$$.Execution` or anything in quotes. */
function variablesOfPath(text: string): string[] {
  return [...text.replace(QUOTED, "''").matchAll(VARIABLE)].map((match) => match[1] ?? '');
}

/** An inner scope cannot set a variable that a scope around it sets; a Distributed Map starts afresh. */
export function checkShadowing(definition: Definition, diagnostics: Diagnostic[]): void {
  const assigned = new Map<LocatedScope, Set<string>>();
  // Outer scopes come first, so all names around a scope are known when it is its turn.
  for (const found of scopesOf(definition)) assigned.set(found, new Set());
  for (const [found, names] of assigned)
    for (const [state, location] of statesIn(found))
      for (const name of namesAssigned(state as unknown as Json)) {
        names.add(name);
        if (isAssignedAround(found, name, assigned)) reportShadow(name, within(location, 'Assign'), diagnostics);
      }
}

function isAssignedAround(found: LocatedScope, name: string, assigned: Map<LocatedScope, Set<string>>): boolean {
  let inner = found;
  while (inner.outer && !inner.distributed) {
    inner = inner.outer;
    if (assigned.get(inner)?.has(name)) return true;
  }
  return false;
}

function statesIn({ scope, location }: LocatedScope): [State, string][] {
  const all = within(location, 'States');
  return Object.entries(scope.States).map(([name, state]) => [state, within(all, name)]);
}

function reportShadow(name: string, location: string, diagnostics: Diagnostic[]): void {
  const message = `Invalid variable name '${name}': the variable is already assigned in an outer scope.`;
  report(diagnostics, 'INVALID_VARIABLE_NAME', message, location);
}

/** Names set by the state itself, by its choice rules and by its catchers. */
function namesAssigned(state: Json): string[] {
  const lists = [member(state, 'Choices'), member(state, 'Catch')];
  const items = [state, ...lists.flatMap((list) => (Array.isArray(list) ? list : []))];
  return items.flatMap((item) => {
    const assign = member(item, 'Assign');
    return isObject(assign) ? Object.keys(assign).map(assignedName) : [];
  });
}
