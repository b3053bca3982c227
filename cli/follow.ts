// Following an execution over the public API: its history as it grows, and the picture of it. Only what is new is
// asked for: the newest events first, back to the last one known.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  paginateGetExecutionHistory,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import type { Io, Screen } from './io.ts';
import { renderChange, renderOutcome, renderTree, type View } from './render.ts';
import { type Retriers, retriersOf } from './retry.ts';
import { addEvent, emptyTree, type Tree } from './tree.ts';

const PAGE_EVENTS = 1000;
const POLL_MS = { first: 100, last: 1000, growth: 1.5 };
/** How often durations on the screen move. */
const REDRAW_MS = 100;

/** The events so far, then the new ones as they come; ends with the execution. */
export async function* followEvents(client: SFNClient, executionArn: string): AsyncGenerator<HistoryEvent[]> {
  let last: HistoryEvent | undefined;
  for await (const { events = [] } of paginateGetExecutionHistory(
    { client },
    { executionArn, maxResults: PAGE_EVENTS },
  )) {
    last = events.at(-1) ?? last;
    if (events.length > 0) yield events;
  }
  let pause = POLL_MS.first;
  while (!isEnd(last)) {
    await sleep(pause);
    const events = await eventsSince(client, executionArn, last?.id ?? 0);
    pause = events.length > 0 ? POLL_MS.first : Math.min(pause * POLL_MS.growth, POLL_MS.last);
    last = events.at(-1) ?? last;
    if (events.length > 0) yield events;
  }
}

async function eventsSince(client: SFNClient, executionArn: string, lastId: number): Promise<HistoryEvent[]> {
  const newestFirst: HistoryEvent[] = [];
  let maxResults = 100;
  for (let nextToken: string | undefined; ; maxResults = PAGE_EVENTS) {
    const page = await client.send(
      new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults, nextToken }),
    );
    const events = (page.events ?? []).filter(({ id }) => id! > lastId);
    newestFirst.push(...events);
    nextToken = page.nextToken;
    if (nextToken === undefined || events.length < (page.events ?? []).length) return newestFirst.reverse();
  }
}

function isEnd(event: HistoryEvent | undefined): boolean {
  return /^Execution(Succeeded|Failed|TimedOut|Aborted)$/.test(event?.type ?? '');
}

/** Shows the execution to its end: redrawn on a screen, line by line elsewhere. The output goes to `out`. */
export async function follow(client: SFNClient, executionArn: string, io: Io): Promise<Tree> {
  const view: Omit<View, 'now'> = { retriers: await readRetriers(client, executionArn), paint: io.paint };
  const tree = emptyTree();
  const drawing = io.screen && startDrawing(io.screen, () => renderTree(tree, { ...view, now: Date.now() }));
  try {
    for await (const events of followEvents(client, executionArn)) {
      for (const event of events) {
        const change = addEvent(tree, event);
        const line = change && renderChange(change, tree.startedAt ?? 0, { ...view, now: Date.now() });
        if (drawing === undefined && line !== undefined) io.err(line);
      }
    }
  } finally {
    drawing?.end();
  }
  const [status, output] = renderOutcome(tree, { ...view, now: Date.now() });
  io.err(status!);
  if (output !== undefined) io.out(output);
  return tree;
}

export const exitCodeOf = (tree: Tree) => (tree.status === 'SUCCEEDED' ? 0 : 1);

async function readRetriers(client: SFNClient, executionArn: string): Promise<Retriers> {
  try {
    const { definition = '{}' } = await client.send(new DescribeStateMachineForExecutionCommand({ executionArn }));
    return retriersOf(definition);
  } catch {
    // Without the definition only the note about the next retry is missing.
    return new Map();
  }
}

/** Redraws as time passes; of a picture higher than the screen its end, and all of it at last. */
function startDrawing(screen: Screen, render: () => string[]): { end(): void } {
  const timer = setInterval(() => screen.draw(render().slice(-screen.height())), REDRAW_MS);
  return {
    end() {
      clearInterval(timer);
      screen.draw(render());
      screen.leave();
    },
  };
}
