// Requests of the API to one run: answers, stops, redrives. They act for the run as a worker that makes no calls (D5).
// Those that arrive in one process while another is at work share its worker: a thousand answers at once are a few
// records, not a thousand races for each.
import { openDeskWorker } from '../drive.ts';
import type { Activation } from '../engine/activation.ts';
import type { RunState } from '../engine/state.ts';
import { assert } from '../errors.ts';
import type { Creation } from '../execution.ts';
import { readFrom } from '../store/log.ts';
import { mayBeOpen } from '../store/run-state.ts';
import type { World } from '../world.ts';
import { activationsOf } from './arrivals.ts';
import { type Message, type Purpose, send } from './message.ts';

/** Requests that the queue can bring to their end, too. */
type Request = Extract<Purpose, { kind: 'stop' | 'redrive' | 'adopt' | 'callback' }>;

/** The state that the run was left in, and whether the request still found what it was for. */
export interface Reply {
  state: RunState;
  isTaken: boolean;
}

interface Visitor {
  /** The cause of what is recorded. The queue brings it as well, in case nobody here gets to the end of it (D5). */
  message: Message;
  activation: Activation;
  resolve(reply: Reply): void;
  reject(trouble: unknown): void;
}

/** How long an insurance waits: longer than the request itself takes. */
const INSURANCE_MS = 10_000;
/** Requests that share a record, which names them all. */
const ROUND_MAX = 100;

/** Those who wait, by run. */
const desks = new WeakMap<World, Map<string, Visitor[]>>();

/** Answered once what the request has led to is stored and sent. What it does is what its insurance would do. */
export function request(world: World, creation: Creation, purpose: Request): Promise<Reply> {
  const message = messageTo(world, creation, purpose);
  const [activation] = activationsOf(message, world.clock.now());
  assert(activation !== undefined, 'A request is one activation');
  return visit(world, creation, { message, activation });
}

/** The same for a worker's poll. Nobody else can take the task for it: the insurance only sees to what that has led to. */
export function takeFor(
  world: World,
  creation: Creation,
  wait: string,
  workerName: string | undefined,
): Promise<Reply> {
  const message = messageTo(world, creation, { kind: 'taken', wait });
  const by = workerName === undefined ? {} : { workerName };
  const activation: Activation = { kind: 'ActivityTaken', at: world.clock.now(), wait, ...by };
  return visit(world, creation, { message, activation });
}

function messageTo<P extends Purpose>(world: World, { run, executionArn }: Creation, purpose: P) {
  return { id: world.newId(), run, executionArn, ...purpose };
}

function visit(world: World, creation: Creation, asked: Pick<Visitor, 'message' | 'activation'>): Promise<Reply> {
  const open = desks.get(world) ?? new Map<string, Visitor[]>();
  desks.set(world, open);
  return new Promise((resolve, reject) => {
    const visitor = { ...asked, resolve, reject };
    const queue = open.get(creation.run);
    if (queue !== undefined) return void queue.push(visitor);
    open.set(creation.run, [visitor]);
    void serve(world, creation, open);
  });
}

async function serve(world: World, creation: Creation, open: Map<string, Visitor[]>): Promise<void> {
  const waiting = open.get(creation.run) ?? [];
  while (waiting.length > 0) {
    const round = waiting.splice(0, ROUND_MAX);
    await serveRound(world, creation, round).catch((trouble) => {
      for (const { reject } of round) reject(trouble);
    });
  }
  open.delete(creation.run);
}

async function serveRound(world: World, creation: Creation, round: Visitor[]): Promise<void> {
  const causes = round.map(({ message }) => message.id);
  const { worker, seq: since } = await openDeskWorker(world, creation, causes);
  const hopeful = new Set(round.filter(({ activation }) => mayFind(worker.known.state, activation)));
  const insuredUntil = world.clock.now() + INSURANCE_MS;
  await send(
    world,
    [...hopeful].map(({ message }) => ({ message: { ...message, since }, queue: 'advance', at: insuredUntil })),
  );
  worker.mailbox.push(...[...hopeful].map(({ activation, message }) => ({ activation, message, transitions: 0 })));
  await worker.run();
  const stale = new Set(worker.stale);
  // Who took long may have been overtaken by the insurance.
  const isLate = stale.size > 0 && world.clock.now() >= insuredUntil;
  const granted = isLate ? await grantedSince(world, creation.run, since) : new Set();
  for (const visitor of round) {
    const { message, activation, resolve } = visitor;
    const isTaken = hopeful.has(visitor) && !stale.has(activation);
    resolve({ state: worker.known.state, isTaken: isTaken || granted.has(message.id) });
  }
}

/** Whether there is any use in trying: a wait that has closed stays closed. */
function mayFind(state: RunState, activation: Activation): boolean {
  return activation.kind !== 'CallbackReceived' || mayBeOpen(state, activation.wait);
}

async function grantedSince(world: World, run: string, seq: number): Promise<Set<string>> {
  const records = await readFrom(world, run, seq);
  return new Set(records.flatMap(({ granted = [] }) => granted));
}
