// The run as its worker knows it: the state as of the newest record seen here, with those frames, outputs and records at
// hand that were needed so far (D9). It may be behind the log at any time; a put on an older state just fails (D1).
import { type Frame, initialHead, openWait, parseWaitName, RUN_WAIT, type RunState } from '../engine/state.ts';
import type { Missing } from '../engine/step.ts';
import type { Creation } from '../execution.ts';
import { type LogRecord, readFrom, readNewest } from '../store/log.ts';
import { newerState, outputsOfOpenGroups, supply, withFramesOf } from '../store/run-state.ts';
import type { World } from '../world.ts';
import type { Carried, Message } from './message.ts';
import { currentKey, type Key } from './tokens.ts';

export class KnownRun {
  state: RunState;
  /** Of the newest record known; -1 before record 0. */
  seq = -1;
  /** Seals task tokens; read when the first is needed. */
  key: Key | undefined;
  readonly #world: World;
  /** The log from some seq on, as it was last read. */
  #log: { since: number; records: LogRecord[] } | undefined;

  constructor(world: World, creation: Creation) {
    this.#world = world;
    this.state = { creation, head: initialHead(creation), frames: new Map(), outputs: new Map() };
  }

  /** Takes the state that a message came with, without a read. */
  adopt({ seq, head, frames }: Carried): void {
    this.seq = seq;
    this.state = { ...this.state, head, frames: new Map(frames.map((frame) => [frame.id, frame])) };
  }

  /** To the state of a record that was put here. */
  goOn(state: RunState, seq: number): void {
    this.state = { ...state, outputs: outputsOfOpenGroups(state, this.state.head) };
    this.seq = seq;
  }

  /** Gives the seq of the newest record; 0 before there is one. */
  async reload(): Promise<number> {
    this.#catchUp(await readNewest(this.#world, this.state.creation.run));
    return Math.max(this.seq, 0);
  }

  #catchUp(newest: LogRecord | undefined): void {
    if (newest === undefined || newest.seq <= this.seq) return;
    this.seq = newest.seq;
    this.state = newerState(this.state, newest);
  }

  /** The frame that has this wait open as of the newest record known here. */
  async openFrame(wait: string): Promise<Frame | undefined> {
    await this.bring([wait]);
    return openWait(this.state, wait);
  }

  /** Has the frames of these waits at hand, as far as the waits may be open. */
  async bring(waits: string[]): Promise<void> {
    this.state = await withFramesOf(this.#world, this.state, waits);
  }

  async supply(missing: Missing): Promise<void> {
    if (missing.isKeyNeeded) this.key = await currentKey(this.#world);
    else this.state = await supply(this.#world, this.state, missing);
  }

  /**
   * The records that a message about this wait may have caused: from the wait's own, or from the message's `since`, to the
   * newest. A stop or a run's timeout has none but the last.
   */
  async recordsSince(message: Message, wait: string | undefined): Promise<LogRecord[]> {
    const { run } = this.state.creation;
    if (message.since === undefined && (message.kind === 'stop' || wait === RUN_WAIT)) {
      const newest = await readNewest(this.#world, run);
      this.#catchUp(newest);
      return newest === undefined ? [] : [newest];
    }
    const since = message.since ?? (wait === undefined ? 0 : parseWaitName(wait).since);
    if (this.#log === undefined || since < this.#log.since)
      this.#log = { since, records: await readFrom(this.#world, run, since) };
    this.#catchUp(this.#log.records.at(-1));
    return this.#log.records.filter(({ seq }) => seq >= since);
  }

  /** The log is read anew when it is asked for next. */
  forgetLog(): void {
    this.#log = undefined;
  }
}
