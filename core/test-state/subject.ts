// The state under test: one on its own, or one by name out of a whole definition, however deep it lies.

import { invalidDefinition, validation } from '../api/exceptions.ts';
import { type CheckResult, checkDefinition, checkSingleState, invalidDefinitionMessage } from '../asl/check.ts';
import type { Definition, QueryLanguage, State } from '../asl/definition.ts';
import { scopesOf } from '../asl/scope.ts';
import { parseDefinition } from '../store/definitions.ts';

export interface Subject {
  /** A machine that starts with the state; the states around it are there, but never entered. */
  definition: Definition;
  name: string;
  state: State;
  language: QueryLanguage;
}

/** Throws InvalidDefinition, and ValidationException when no state has the name. */
export function findSubject(text: string, stateName: string | undefined): Subject {
  if (stateName !== undefined) {
    throwErrors(checkDefinition(text));
    const machine = parseDefinition(text);
    const scope = scopesOf(machine).find(({ scope: { States } }) => Object.hasOwn(States, stateName))?.scope;
    if (scope === undefined) throw validation('State not found in definition');
    return subject({ ...machine, States: scope.States }, stateName);
  }
  const checked = checkSingleState(text);
  throwErrors(checked);
  const { stateName: name } = checked;
  return subject(parseDefinition(`{"States":{${JSON.stringify(name)}:${text}}}`), name);
}

function subject(machine: Definition, name: string): Subject {
  const definition = { ...machine, StartAt: name };
  const state = definition.States[name]!;
  return { definition, name, state, language: state.QueryLanguage ?? definition.QueryLanguage ?? 'JSONPath' };
}

function throwErrors({ definition, diagnostics }: CheckResult): void {
  if (definition === undefined) throw invalidDefinition(invalidDefinitionMessage(diagnostics));
}
