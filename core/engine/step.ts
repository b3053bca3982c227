// One `advance` in the making: working copies of the head and the frames, and everything the step has decided so far.
// States and recovery change nothing but this; what was committed before stays as it was, so a lost race can start over.
import type { Definition, State, StatesScope } from '../asl/definition.ts';
import { assert } from '../errors.ts';
import type { HistoryEvent } from '../execution.ts';
import type { Limits } from '../limits.ts';
import type { Command } from './activation.ts';
import type { Bench, DataStage } from './observation.ts';
import { type Frame, type Group, type Head, parseWaitName, ROOT, type RunState, type Wait, waitName } from './state.ts';

/** Non-determinism is an argument. */
export interface Env {
  random(): number;
  newId(): string;
  limits: Limits;
  region: string;
  /** Seals the name of a wait into a task token (D11). */
  tokenOf(wait: string): string;
  /** The macrostep is cut once this says so; what is left parks with Continue. */
  isSpent?(events: number, bytes: number): boolean;
  /** Set where a state is tested on its own. */
  bench?: Bench;
}

/** A wait before the record that opens it gives it its name. */
type UnnamedWait = Wait extends infer W ? (W extends Wait ? Omit<W, 'since'> : never) : never;

/** Thrown when a live frame, or the outputs of a group, must be read before the step can be taken. */
export class Missing extends Error {
  readonly frames: string[];
  readonly outputsOf: string | undefined;
  /** The key that seals task tokens. */
  readonly isKeyNeeded: boolean;

  constructor(frames: string[], outputsOf?: string, isKeyNeeded = false) {
    super(`Needed: frames ${frames.join(', ')}${outputsOf === undefined ? '' : `, outputs of ${outputsOf}`}`);
    this.frames = frames;
    this.outputsOf = outputsOf;
    this.isKeyNeeded = isKeyNeeded;
  }
}

/** Frames and groups at one moment of a step. */
export interface Standpoint {
  frames: Map<string, Frame>;
  seqs: Head['frames'];
  groups: Head['groups'];
  changed: Set<string>;
}

/** Thrown when the next event would be the last one the history may hold: that one is the end. */
export class HistoryFull extends Error {}

export class Step {
  readonly definition: Definition;
  /** What the step finds; its head and frames are the step's own from here on. */
  readonly run: Pick<RunState, 'creation' | 'outputs'>;
  readonly env: Env;
  /** The seq of the record this step becomes. */
  readonly seq: number;
  now: number;
  readonly head: Head;
  readonly frames: Map<string, Frame>;
  readonly changed = new Set<string>();
  /** Outputs of branches and iterations that ended in this step. */
  readonly ended = new Map<string, Record<number, string>>();
  readonly events: HistoryEvent[] = [];
  readonly commands: Command[] = [];
  /** Frames that can go on at once, first come first served: branches interleave as they do on AWS. */
  readonly ready: string[] = [];
  /** Frames whose Task asked for a call in this step. */
  readonly called: string[] = [];
  /** Frames whose call was claimed in this step. */
  readonly claimed: string[] = [];
  /** Branches and iterations that have just ended, to be told to their groups. */
  readonly endings: { frame: Frame; output: string }[] = [];
  bytes = 0;

  constructor(definition: Definition, run: RunState, seq: number, env: Env) {
    this.definition = definition;
    this.run = { creation: run.creation, outputs: run.outputs };
    this.env = env;
    this.seq = seq;
    this.now = run.head.lastTimestamp;
    this.head = { ...run.head, frames: { ...run.head.frames }, groups: { ...run.head.groups } };
    this.frames = new Map(run.frames);
  }

  frame(id: string): Frame {
    const frame = this.frames.get(id);
    if (frame === undefined) throw new Missing([id]);
    return frame;
  }

  /** The frame that has this wait open. */
  openWait(name: string): Frame | undefined {
    const { frame: id, since } = parseWaitName(name);
    if (this.isOver || (this.head.frames[id] ?? -1) < since) return undefined;
    const frame = this.frame(id);
    return frame.wait?.since === since ? frame : undefined;
  }

  /** Puts a new version of the frame; the old one is never changed. */
  set(frame: Frame): Frame {
    this.frames.set(frame.id, frame);
    this.head.frames[frame.id] = this.seq;
    this.changed.add(frame.id);
    return frame;
  }

  /** The frame is at its end. */
  remove(id: string): void {
    this.frames.delete(id);
    this.changed.delete(id);
    delete this.head.frames[id];
    delete this.head.groups[id];
  }

  /** Parks the frame on a new wait; gives the wait's name. */
  park(frame: Frame, wait: UnnamedWait): string {
    this.set({ ...frame, wait: { ...wait, since: this.seq } });
    return waitName(frame.id, this.seq);
  }

  /** Records an event of this frame's chain and moves the chain on. */
  emit(frame: Frame, type: string, details?: object): Frame {
    const id = this.record(frame.previous, type, details);
    return this.set({ ...frame, previous: id });
  }

  /** Records an event that the chain does not go through. Gives its id. */
  record(previousEventId: number, type: string, details: object = {}): number {
    if (this.head.nextEventId >= this.env.limits.historyEvents && !type.startsWith('Execution'))
      throw new HistoryFull();
    const id = this.head.nextEventId++;
    const event = { id, previousEventId, timestamp: this.now, type, ...details };
    this.events.push(event);
    this.bytes += eventBytes(details);
    this.head.lastTimestamp = this.now;
    return id;
  }

  /** Where every frame stands, to go back to if a failure on its way up meets nobody who handles it. */
  remember(): Standpoint {
    return {
      frames: new Map(this.frames),
      seqs: { ...this.head.frames },
      groups: { ...this.head.groups },
      changed: new Set(this.changed),
    };
  }

  /** Frames and groups as they stood then; events and counters stay as they are. */
  restore({ frames, seqs, groups, changed }: Standpoint): void {
    this.frames.clear();
    for (const [id, frame] of frames) this.frames.set(id, frame);
    this.head.frames = seqs;
    this.head.groups = groups;
    this.changed.clear();
    for (const id of changed) this.changed.add(id);
  }

  /** The output of a branch or iteration, until its group joins. */
  keepOutput(group: string, index: number, output: string): void {
    const outputs = this.ended.get(group) ?? {};
    outputs[index] = output;
    this.ended.set(group, outputs);
    this.bytes += output.length;
  }

  /** Shows a stage of the data flow to whoever tests the state; JSON text. */
  observe(stage: DataStage, text: string): void {
    this.env.bench?.observe({ kind: 'data', stage, text });
  }

  get isSpent(): boolean {
    return this.env.isSpent?.(this.events.length, this.bytes) ?? false;
  }

  get isOver(): boolean {
    return this.head.status !== 'RUNNING';
  }

  group(id: string): Group {
    const group = this.head.groups[id];
    assert(group !== undefined, `Frame ${id} waits for a group that its run does not have`);
    return group;
  }

  /** From the root down to the frame: definitions and variables are found along this line. */
  lineage(frame: Frame): Frame[] {
    const line = [frame];
    for (let at = frame; at.parent !== undefined; ) {
      at = this.frame(at.parent);
      line.unshift(at);
    }
    return line;
  }

  /** The states among which this frame moves. */
  scopeOf(frame: Frame): StatesScope {
    if (frame.id === ROOT) return this.definition;
    const parent = this.frame(frame.parent ?? ROOT);
    const state = this.stateOf(parent);
    const scope =
      state.Type === 'Parallel'
        ? state.Branches[frame.index ?? 0]
        : state.Type === 'Map'
          ? (state.ItemProcessor ?? state.Iterator)
          : undefined;
    assert(scope !== undefined, `Frame ${frame.id} is inside ${parent.state}, which holds no states`);
    return scope;
  }

  stateOf(frame: Frame): State {
    const { States } = this.scopeOf(frame);
    const state = Object.hasOwn(States, frame.state) ? States[frame.state] : undefined;
    assert(state !== undefined, `There is no state ${frame.state} where frame ${frame.id} is`);
    return state;
  }

  /** All live frames. */
  liveFrames(): Frame[] {
    const ids = Object.keys(this.head.frames);
    const missing = ids.filter((id) => !this.frames.has(id));
    if (missing.length > 0) throw new Missing(missing);
    return ids.map((id) => this.frame(id));
  }

  /** Live frames below this one. */
  descendants(id: string): Frame[] {
    const below = Object.keys(this.head.frames).filter((each) => each.startsWith(`${id}.`));
    const missing = below.filter((each) => !this.frames.has(each));
    if (missing.length > 0) throw new Missing(missing);
    return below.map((each) => this.frame(each));
  }
}

/** Near enough to bound a record: texts dominate. */
function eventBytes(details: object): number {
  let bytes = 120;
  for (const fields of Object.values(details))
    for (const text of Object.values(fields)) if (typeof text === 'string') bytes += text.length;
  return bytes;
}
