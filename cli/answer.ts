// Answering a task that waits for its token, for people: the execution is named, the token is found.
import {
  type HistoryEvent,
  InvalidToken,
  paginateGetExecutionHistory,
  type SFNClient,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { UsageError } from './arguments.ts';
import { CONNECTION_FLAGS } from './client.ts';
import { type OpenCallback, openCallbacks, type Waiting } from './waiting.ts';

export const ANSWER_FLAGS = { ...CONNECTION_FLAGS, state: { type: 'string' } } as const;

/** Finds the one task that waits, and answers it; gives where it is. */
export async function answerWaiting(
  client: SFNClient,
  executionArn: string,
  state: string | undefined,
  send: (taskToken: string) => Promise<unknown>,
): Promise<string> {
  const callback = theOne(await waitingIn(client, executionArn), state);
  for (const token of callback.tokens) {
    try {
      await send(token);
      return callback.place;
    } catch (error) {
      if (error instanceof TaskTimedOut)
        throw new UsageError(`${callback.place} waits no more: it was answered before, or its time ran out.`);
      if (!(error instanceof InvalidToken)) throw error;
    }
  }
  throw new UsageError(`${callback.place} waits, but there is no valid task token among its arguments in the history.`);
}

/** What waits in the execution, and in those whose end it waits for. */
async function waitingIn(client: SFNClient, executionArn: string): Promise<Waiting> {
  const own = openCallbacks(await historyOf(client, executionArn));
  for (const { place, executionArn: child } of own.children) {
    const { open, activities } = await waitingIn(client, child);
    const below = <T extends { place: string }>(found: T) => ({ ...found, place: `${place} > ${found.place}` });
    own.open.push(...open.map(below));
    own.activities.push(...activities.map(below));
  }
  return own;
}

async function historyOf(client: SFNClient, executionArn: string): Promise<HistoryEvent[]> {
  const all: HistoryEvent[] = [];
  for await (const { events = [] } of paginateGetExecutionHistory({ client }, { executionArn, maxResults: 1000 }))
    all.push(...events);
  return all;
}

function theOne({ status, open, activities }: Waiting, state: string | undefined): OpenCallback {
  if (status !== 'RUNNING') throw new UsageError(`Nothing waits for an answer: the execution is ${status}.`);
  if (open.length === 0) throw new UsageError(nothingWaits(activities));
  const named = open.filter((each) => state === undefined || each.state === state || each.place === state);
  const [callback] = named;
  const list = (callbacks: OpenCallback[]) =>
    callbacks.map(({ place, since }) => `\n  ${place}  since ${since.toISOString()}`).join('');
  if (callback === undefined) throw new UsageError(`No '${state}' waits for an answer. These do:${list(open)}`);
  if (named.length === 1) return callback;
  throw new UsageError(`${named.length} tasks wait for an answer; say which with --state:${list(named)}`);
}

function nothingWaits(activities: Waiting['activities']): string {
  const sentence = 'Nothing in this execution waits for an answer to a task token.';
  if (activities.length === 0) return sentence;
  const list = activities.map(({ place, activityArn }) => `\n  ${place}  ${activityArn}`).join('');
  return `${sentence} These wait for a worker of their activity, who alone is given the token (GetActivityTask):${list}`;
}
