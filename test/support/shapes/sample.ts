// A sample of what a release wrote: every item, every message in the queue and every payload of a world, at a moment when
// something is under way. Taken from a real run of that release, and carried to its end by the release of today.
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../../core/expr/json.ts';
import type { AwsServices, Item, Key, Outgoing, Queue, Table } from '../../../core/ports.ts';
import type { Settings } from '../../../core/world.ts';
import { type MemoryWorld, memoryWorld } from '../memory-world.ts';
import type { TestFunction } from '../test-functions.ts';
import { recordedFunctions, type Scenario } from './scenarios.ts';

type Stored = string | number | { base64: string };

export interface Sample {
  /** Epoch milliseconds of the moment. */
  now: number;
  items: Record<string, Stored>[];
  messages: Outgoing[];
  payloads: Record<string, string>;
  /** What the execution in it had in its history, as `id<previousEventId type`. */
  chain: string[];
  executionArn: string;
  /** What the moment before it gave, for the moment after: a task token. */
  given?: string;
}

export interface Recorder {
  world: MemoryWorld;
  /** From now on no record can be written: whoever tries dies with what it has sent. */
  breakLog(): void;
  loseMessages(): void;
  /** Everything there is. */
  take(executionArn: string, given?: string): Promise<Sample>;
}

/** A world whose samples can be taken. Messages that `holds` picks are sent, and not delivered. */
export function recorder(
  functions: Record<string, TestFunction>,
  settings: Partial<Settings>,
  holds: (body: string) => boolean,
): Recorder {
  const keys = new Map<string, Key>();
  const queued = new Map<string, Outgoing>();
  let isBroken = false;

  const table = (inside: Table): Table => ({
    ...inside,
    async put(item, condition) {
      if (isBroken && item.pk.startsWith('run#')) throw new Error('The process ended here');
      keys.set(`${item.pk} ${item.sk}`, { pk: item.pk, sk: item.sk });
      return await inside.put(item, condition);
    },
  });
  const queue = (inside: Queue): Queue => {
    const bodies = new Map<string, string>();
    return {
      ...inside,
      async send(messages) {
        for (const message of messages) queued.set(message.body, message);
        await inside.send(messages.filter(({ body }) => !holds(body)));
      },
      async receive(...args) {
        const received = await inside.receive(...args);
        for (const { receipt, body } of received) bodies.set(receipt, body);
        return received;
      },
      async delete(name, receipt) {
        queued.delete(bodies.get(receipt) ?? '');
        await inside.delete(name, receipt);
      },
    };
  };
  const services = builds('IN_PROGRESS');
  const world = memoryWorld(functions, settings, { table, queue, services, newId: randomUUID });

  return {
    world,
    breakLog() {
      isBroken = true;
    },
    loseMessages() {
      queued.clear();
      world.purge();
    },
    async take(executionArn, given) {
      const items = (await Promise.all([...keys.values()].map((key) => world.table.get(key)))).filter(
        (item) => item !== undefined,
      );
      const messages = [...queued.values()];
      const refs = [...items, ...messages.map(({ body }) => JSON.parse(body))].flatMap(({ ref }) => ref ?? []);
      const payloads = refs.map(async (ref) => [ref, toBase64((await world.payloads.get(ref))!)]);
      const history = await world.api('GetExecutionHistory', { executionArn, maxResults: 1000 }).catch(() => ({}));
      return {
        now: world.clock.now(),
        items: items.map(stored),
        messages,
        payloads: Object.fromEntries(await Promise.all(payloads)),
        chain: chainOf(history),
        executionArn,
        ...(given === undefined ? {} : { given }),
      };
    },
  };
}

/** The moment of a scenario as the code of today writes it. */
export async function sampleOf({ settings = {}, holds, before }: Scenario, tokens: string[]): Promise<Sample> {
  const isHeld = (body: string) => holds !== undefined && JSON.parse(body).kind === holds;
  const taking = recorder(recordedFunctions(tokens), settings, isHeld);
  const { executionArn, given } = await before(taking);
  return await taking.take(executionArn, given);
}

/** All samples of a version, by name. */
export function samplesOf(version: string): Map<string, Sample> {
  const files = readdirSync(join(import.meta.dirname, version)).filter((name) => name.endsWith('.json'));
  const read = (file: string) => JSON.parse(readFileSync(join(import.meta.dirname, version, file), 'utf8')) as Sample;
  return new Map(files.map((file) => [file.replace('.json', ''), read(file)]));
}

export const VERSIONS = readdirSync(import.meta.dirname).filter((name) => /^v\d/.test(name));

/** A world of the code of today that finds what the sample holds. */
export async function loaded(
  sample: Sample,
  functions: Record<string, TestFunction>,
  settings: Partial<Settings> = {},
): Promise<MemoryWorld> {
  const world = memoryWorld(functions, settings, { services: builds('SUCCEEDED'), newId: randomUUID });
  world.clock.advanceTo(sample.now);
  for (const item of sample.items) await world.table.put(restored(item));
  for (const [key, body] of Object.entries(sample.payloads)) await world.payloads.put(key, fromBase64(body));
  await world.queue.send(sample.messages);
  return world;
}

export interface Builds extends AwsServices {
  /** Actions that it was asked for. */
  asked: string[];
}

/** A service whose builds are always in this state. */
function builds(BuildStatus: string): Builds {
  const asked: string[] = [];
  const build = { Id: 'build', BuildStatus };
  return {
    asked,
    async call({ action }) {
      asked.push(action);
      const output: JsonObject = action === 'batchGetBuilds' ? { Builds: [build] } : { Build: build };
      return { output, status: 200, requestId: 'request', headers: {} };
    },
  };
}

export function chainOf(history: Record<string, unknown>): string[] {
  const events = (history.events ?? []) as { id: number; previousEventId: number; type: string }[];
  return events.map(({ id, previousEventId, type }) => `${id}<${previousEventId} ${type}`);
}

function stored(item: Item): Record<string, Stored> {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? { base64: toBase64(value) } : value,
    ]),
  );
}

function restored(item: Record<string, Stored>): Item {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, typeof value === 'object' ? fromBase64(value.base64) : value]),
  ) as Item;
}

const toBase64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const fromBase64 = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
