// Walking a checked definition: every scope of states (the machine, branches, item processors), every state in it, in
// the order of the text. Locations are those of diagnostics: `/States/Both/Branches[0]/States/Left`.
import type { Definition, QueryLanguage, State, StatesScope } from './definition.ts';
import { within } from './diagnostic.ts';

export interface LocatedScope {
  scope: StatesScope;
  location: string;
  /** True for the item processor of a Distributed Map, whose iterations are executions of their own. */
  distributed: boolean;
  /** The scope around it; absent for the machine. */
  outer?: LocatedScope;
}

export function scopesOf(definition: Definition): LocatedScope[] {
  const scopes: LocatedScope[] = [{ scope: definition, location: '/', distributed: false }];
  for (const outer of scopes)
    for (const [name, state] of Object.entries(outer.scope.States))
      for (const inner of innerScopes(state, within(within(outer.location, 'States'), name)))
        scopes.push({ ...inner, outer });
  return scopes;
}

function innerScopes(state: State, location: string): LocatedScope[] {
  if (state.Type === 'Parallel')
    return state.Branches.map((scope, index) => ({
      scope,
      location: within(location, `Branches[${index}]`),
      distributed: false,
    }));
  if (state.Type !== 'Map') return [];
  const field = state.ItemProcessor ? 'ItemProcessor' : 'Iterator';
  const scope = state[field];
  const distributed = scope?.ProcessorConfig?.Mode === 'DISTRIBUTED';
  return scope ? [{ scope, location: within(location, field), distributed }] : [];
}

/** The scope at a location such as `/` or `/States/Both/Branches[0]`. */
export function findScope(definition: Definition, location: string): StatesScope | undefined {
  return scopesOf(definition).find((found) => found.location === location)?.scope;
}

export type StateVisitor = (state: State, name: string, location: string, scope: LocatedScope) => void;

/** Visits every state, states of outer scopes first. */
export function eachState(definition: Definition, visit: StateVisitor): void {
  for (const found of scopesOf(definition))
    for (const [name, state] of Object.entries(found.scope.States))
      visit(state, name, within(within(found.location, 'States'), name), found);
}

/** The language of a state: its own or the machine's, never that of a Map or Parallel around it. */
export function languageOfState(definition: Definition, state: State): QueryLanguage {
  return state.QueryLanguage ?? definition.QueryLanguage ?? 'JSONPath';
}
