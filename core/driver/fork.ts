// Where a fork begins: the input and the variables with which an execution entered a state, told by its history.
import type { StatesScope } from '../asl/definition.ts';
import type { Creation, HistoryEvent } from '../execution.ts';
import type { World } from '../world.ts';
import { readHistory } from './executions.ts';

export interface ForkPoint {
  /** Id of the event that entered the state, and the state's input; absent where it was never entered. */
  entered?: { eventId: number; input: string };
  /** Variables by name, JSON texts: as they were then, or as they are at the end of the history. */
  variables: Record<string, string>;
}

interface EnteredDetails {
  name: string;
  input: string;
}

interface ExitedDetails {
  name: string;
  assignedVariables?: Record<string, string>;
}

const EVENTS_PER_READ = 1_000;

/** The last time that the execution entered this state of the outermost scope, or the time of this event. */
export async function findForkPoint(
  world: World,
  creation: Creation,
  { States }: StatesScope,
  { state, eventId }: { state: string; eventId?: number | undefined },
): Promise<ForkPoint> {
  const variables = { ...creation.fork?.variables };
  let point: ForkPoint | undefined;
  for await (const event of eventsOf(world, creation)) {
    const exited = event.stateExitedEventDetails as ExitedDetails | undefined;
    // Variables of branches and iterations are their own; the names of states are unique in a machine.
    if (exited !== undefined && Object.hasOwn(States, exited.name)) Object.assign(variables, exited.assignedVariables);
    const details = event.stateEnteredEventDetails as EnteredDetails | undefined;
    if (details?.name !== state || (eventId ?? event.id) !== event.id) continue;
    point = { entered: { eventId: event.id, input: details.input }, variables: { ...variables } };
  }
  return point ?? { variables };
}

async function* eventsOf(world: World, creation: Creation): AsyncGenerator<HistoryEvent> {
  for (let after = 0; ; ) {
    const { events, more } = await readHistory(world, creation, { after, limit: EVENTS_PER_READ, reverse: false });
    yield* events;
    if (!more) return;
    after = events.at(-1)?.id ?? after;
  }
}
