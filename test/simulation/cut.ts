// A smaller workflow: some states do nothing, and what nobody reaches any more is gone.
import type { Definition, States, Workflow } from './workflow.ts';

export function cutDown(workflow: Workflow, passes: ReadonlySet<string>): Workflow {
  if (passes.size === 0) return workflow;
  const definition = smaller(workflow.definition, passes);
  const text = JSON.stringify(definition);
  const called = [...workflow.children].filter(([name]) => text.includes(`stateMachine:${name}"`));
  const children = new Map(called.map(([name, child]) => [name, smaller(child, passes)]));
  return { ...workflow, definition, children };
}

/** States that could do nothing instead. */
export function statesOf({
  definition,
  children,
}: {
  definition: Definition;
  children: Map<string, Definition>;
}): string[] {
  // A child that only waits is there to be stopped.
  const machines = [definition, ...children.values()].filter(({ StartAt }) => StartAt !== 'Sleep');
  return machines.flatMap(({ States }) => namesIn(States));
}

function namesIn(states: States): string[] {
  return Object.entries(states).flatMap(([name, state]) => [
    ...(state.Type === 'Choice' || state.Type === 'Pass' ? [] : [name]),
    ...inner(state).flatMap(({ States }) => namesIn(States)),
  ]);
}

function inner(state: Record<string, unknown>): Definition[] {
  const all = [state.ItemProcessor, ...((state.Branches ?? []) as unknown[])];
  return all.filter((each) => each !== undefined) as Definition[];
}

function smaller<D extends Definition>(definition: D, passes: ReadonlySet<string>): D {
  const states: States = {};
  const visit = (name: string): void => {
    const state = definition.States[name];
    if (state === undefined || states[name] !== undefined) return;
    const { Next, End } = state;
    states[name] = passes.has(name)
      ? { Type: 'Pass', Result: 'nothing', ResultPath: `$.${name}`, ...(End === true ? { End } : { Next }) }
      : { ...state, ...within(state, passes) };
    for (const next of targetsOf(states[name])) visit(next);
  };
  visit(definition.StartAt);
  return { ...definition, States: states };
}

function within({ ItemProcessor, Branches }: Record<string, unknown>, passes: ReadonlySet<string>): object {
  return {
    ...(ItemProcessor === undefined ? {} : { ItemProcessor: smaller(ItemProcessor as Definition, passes) }),
    ...(Branches === undefined ? {} : { Branches: (Branches as Definition[]).map((each) => smaller(each, passes)) }),
  };
}

function targetsOf({ Next, Default, Catch, Choices }: Record<string, unknown>): string[] {
  const rules = [...((Catch ?? []) as { Next: string }[]), ...((Choices ?? []) as { Next: string }[])];
  return [Next, Default, ...rules.map((rule) => rule.Next)].filter((each) => typeof each === 'string');
}
