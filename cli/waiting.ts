// What in an execution waits for an answer to its task token, told from the history alone. The token is where the author
// of the definition put it: somewhere in the arguments of the task. Pure.
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { type Attempt, addEvent, emptyTree, type StateNode, type Tree } from './tree.ts';

export interface OpenCallback {
  state: string;
  /** The state with the iterations and branches it is in: `Orders[3]/Approve`. */
  place: string;
  since: Date;
  /** What in its arguments may be the token, likeliest first. */
  tokens: string[];
}

/** What an execution waits for: all in the order in which the waiting began. */
export interface Waiting {
  status: Tree['status'];
  open: OpenCallback[];
  /** Executions whose end it waits for. */
  children: { place: string; executionArn: string }[];
  /** Tasks that are for the workers of an activity: their tokens are the workers' alone. */
  activities: { place: string; activityArn: string }[];
}

export function openCallbacks(events: Iterable<HistoryEvent>): Waiting {
  const tree = emptyTree();
  const asked: { event: HistoryEvent; node: StateNode; attempt: Attempt }[] = [];
  const begun = new Map<Attempt, string>();
  for (const event of events) {
    addEvent(tree, event);
    const node = tree.places.get(event.id!)?.node;
    const attempt = node?.attempts.at(-1);
    if (node === undefined || attempt === undefined) continue;
    if (event.type === 'TaskScheduled' || event.type === 'ActivityScheduled') asked.push({ event, node, attempt });
    const child = childBegunBy(event);
    if (child !== undefined) begun.set(attempt, child);
  }
  const isOpen = ({ node, attempt }: (typeof asked)[number]) =>
    tree.status === 'RUNNING' && node.status === 'running' && attempt.endedAt === undefined;
  const open = asked.filter(isOpen);
  return {
    status: tree.status,
    open: open
      .filter(({ event }) => event.taskScheduledEventDetails?.resource?.endsWith('.waitForTaskToken'))
      .map(({ event, node }) => ({
        state: node.name,
        place: placeOf(node),
        since: event.timestamp!,
        tokens: tokensIn(event.taskScheduledEventDetails?.parameters ?? ''),
      })),
    children: open.flatMap(({ node, attempt }) => {
      const executionArn = begun.get(attempt);
      return executionArn === undefined ? [] : [{ place: placeOf(node), executionArn }];
    }),
    activities: open.flatMap(({ event, node }) => {
      const activityArn = event.activityScheduledEventDetails?.resource;
      return activityArn === undefined ? [] : [{ place: placeOf(node), activityArn }];
    }),
  };
}

function childBegunBy({ taskSubmittedEventDetails: details }: HistoryEvent): string | undefined {
  if (details?.resourceType !== 'states' || !details.resource?.startsWith('startExecution.sync')) return undefined;
  const { ExecutionArn } = parsed(details.output ?? '') as { ExecutionArn?: string };
  return ExecutionArn;
}

function placeOf({ name, within }: StateNode): string {
  return within.of === undefined ? name : `${placeOf(within.of)}[${within.index}]/${name}`;
}

const LENGTH = { min: 80, max: 2048 };
/** Tokens are base64; they may stand inside a longer text, such as JSON in a message or a link. */
const BASE64 = [/[A-Za-z0-9+/]+={0,2}/g, /[A-Za-z0-9_-]+/g];

/** All that looks like a token in arguments: whole values before parts of values. */
export function tokensIn(parameters: string): string[] {
  const texts = textsIn(parsed(parameters));
  const parts = texts.flatMap((text) => BASE64.flatMap((pattern) => text.match(pattern) ?? []));
  const isLikely = (text: string) => text.length >= LENGTH.min && text.length <= LENGTH.max && !/[\s{"]/.test(text);
  return [...new Set([...texts, ...parts].filter(isLikely))];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
