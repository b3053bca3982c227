// The graph of a definition: every target exists in its own scope, every state can be reached, the machine can end.
// The order and the wording are AWS's: it says `Missing 'Next' target` wherever the name stands, and when a scope has
// no terminal state it does not go on to look for states that cannot be reached.
import { isObject, type JsonObject } from '../expr/json.ts';
import { type Diagnostic, report, within } from './diagnostic.ts';
import { member } from './shape.ts';

interface Target {
  name: string;
  location: string;
}

export function checkTransitions(scope: JsonObject, at: string, isMachine: boolean, diagnostics: Diagnostic[]): void {
  const states = isObject(scope.States) ? scope.States : {};
  const all = within(at, 'States');
  const targets = new Map(
    Object.entries(states).map(([name, state]) => [name, isObject(state) ? targetsOf(state, within(all, name)) : []]),
  );
  const start = { name: String(scope.StartAt), location: within(at, 'StartAt') };
  for (const { name, location } of [start, ...[...targets.values()].flat()])
    if (!targets.has(name))
      report(diagnostics, 'MISSING_TRANSITION_TARGET', `Missing 'Next' target: ${name}`, location);
  if (isMachine && !Object.values(states).some(isTerminal)) {
    report(diagnostics, 'MISSING_END_STATE', 'Workflow has no terminal state');
    return;
  }
  const reached = reachable(start.name, targets);
  for (const name of targets.keys())
    if (!reached.has(name))
      report(diagnostics, 'MISSING_TRANSITION_TARGET', `State "${name}" is not reachable.`, within(all, name));
}

function isTerminal(state: unknown): boolean {
  const { Type: type, End: end } = state as JsonObject;
  return end === true || type === 'Succeed' || type === 'Fail';
}

function reachable(start: string, targets: Map<string, Target[]>): Set<string> {
  const reached = new Set<string>();
  const open = [start];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    for (const target of targets.get(name) ?? []) open.push(target.name);
  }
  return reached;
}

/** Every state a state can lead to, with the place that says so. */
function targetsOf(state: JsonObject, at: string): Target[] {
  const found: Target[] = [];
  const add = (name: unknown, location: string) => {
    if (typeof name === 'string') found.push({ name, location });
  };
  add(state.Next, within(at, 'Next'));
  add(state.Default, within(at, 'Default'));
  for (const field of ['Choices', 'Catch']) {
    const list = state[field];
    if (!Array.isArray(list)) continue;
    for (const [index, item] of list.entries())
      add(member(item, 'Next'), within(`${within(at, field)}[${index}]`, 'Next'));
  }
  return found;
}
