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

/** In the order in which they began to wait. */
export function openCallbacks(events: Iterable<HistoryEvent>): { status: Tree['status']; open: OpenCallback[] } {
  const tree = emptyTree();
  const asked: { event: HistoryEvent; node: StateNode; attempt: Attempt }[] = [];
  for (const event of events) {
    addEvent(tree, event);
    if (!event.taskScheduledEventDetails?.resource?.endsWith('.waitForTaskToken')) continue;
    const node = tree.places.get(event.id!)?.node;
    const attempt = node?.attempts.at(-1);
    if (node !== undefined && attempt !== undefined) asked.push({ event, node, attempt });
  }
  const open = asked
    .filter(({ node, attempt }) => node.status === 'running' && attempt.endedAt === undefined)
    .map(({ event, node }) => ({
      state: node.name,
      place: placeOf(node),
      since: event.timestamp!,
      tokens: tokensIn(event.taskScheduledEventDetails?.parameters ?? ''),
    }));
  return { status: tree.status, open: tree.status === 'RUNNING' ? open : [] };
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
