// Regular expressions inside JSONata, with an end. A backtracking engine may need exponential time (`(a+)+$`), and
// nothing can interrupt the platform's. So the platform's engine is used only where pattern and text together cannot
// cost much; otherwise a matcher of our own runs the same pattern and counts its steps. Counting steps instead of
// time makes an expression fail everywhere or nowhere.

import { compileRegex, type Instruction, ProgramTooLong, type RegexProgram } from './jsonata-regex-program.ts';
import { parseRegex, type RegexNode } from './jsonata-regex-syntax.ts';

/** The pattern needs more work on this text than an expression may take. */
export class RegexStepsExceeded extends Error {
  override name = 'RegexStepsExceeded';
}

/** Work that the platform's engine may be trusted with, by the worst case of the pattern. */
const NATIVE_STEPS_MAX = 1e5;
/** The same where our matcher cannot run the pattern (lookbehind and other rarities). */
const UNSUPPORTED_STEPS_MAX = 1e8;
/** About half a second of our matcher, for all matches of one pattern in one evaluation. */
const STEPS_MAX = 1e7;
/** What one match by the platform's engine costs, all told, in steps of ours. */
const NATIVE_MATCH_STEPS = 20;
const STACK_MAX = 4e6;

interface Cost {
  /** Exponent of the text's length in the worst case; infinite where repeats nest. */
  degree: number;
  /** Factor by choices that do not depend on the text's length. */
  branches: number;
}

interface Plan extends Cost {
  program: RegexProgram | undefined;
}

const plans = new WeakMap<RegExp, Plan>();

/** What the library's `RegexEngine` option wants: `new BoundedRegExp(pattern)` with `lastIndex` and `exec`. */
export function BoundedRegExp(pattern: RegExp) {
  const plan = planOf(pattern);
  const native = new RegExp(pattern);
  const work = { stepsLeft: STEPS_MAX };
  return {
    lastIndex: 0,
    exec(text: string): RegExpExecArray | null {
      const from = this.lastIndex;
      const cost = (text.length + 1) ** (plan.degree + 1) * plan.branches;
      let found: RegExpExecArray | null;
      if (cost <= (plan.program === undefined ? UNSUPPORTED_STEPS_MAX : NATIVE_STEPS_MAX)) {
        work.stepsLeft -= NATIVE_MATCH_STEPS;
        if (work.stepsLeft < 0) throw new RegexStepsExceeded();
        native.lastIndex = from;
        found = native.exec(text);
      } else {
        if (plan.program === undefined) throw new RegexStepsExceeded();
        found = search(plan.program, text, from, work);
      }
      this.lastIndex = found === null ? 0 : found.index + found[0].length;
      return found;
    },
  };
}

function planOf(pattern: RegExp): Plan {
  const known = plans.get(pattern);
  if (known !== undefined) return known;
  const syntax = parseRegex(pattern.source);
  const cost = syntax === undefined ? guessedCost(pattern.source) : costOf(syntax.root);
  const plan: Plan = { ...cost, program: undefined };
  try {
    if (syntax !== undefined) plan.program = compileRegex(syntax, pattern.flags);
  } catch (trouble) {
    if (!(trouble instanceof ProgramTooLong)) throw trouble;
  }
  plans.set(pattern, plan);
  return plan;
}

/** By the signs alone, for syntax we do not read: every repeat counts, and a repeated group may be anything. */
function guessedCost(source: string): Cost {
  const count = (signs: RegExp) => source.match(signs)?.length ?? 0;
  const degree = /\)[*+{]/.test(source) ? Number.POSITIVE_INFINITY : count(/[*+{]/g);
  return { degree, branches: 2 ** count(/[?|]/g) };
}

function costOf(node: RegexNode): Cost {
  switch (node.type) {
    case 'sequence':
      return node.items
        .map(costOf)
        .reduce((a, b) => ({ degree: a.degree + b.degree, branches: a.branches * b.branches }), {
          degree: 0,
          branches: 1,
        });
    case 'choice': {
      const costs = node.options.map(costOf);
      const degree = Math.max(...costs.map((cost) => cost.degree));
      return { degree, branches: costs.reduce((sum, cost) => sum + cost.branches, 0) };
    }
    case 'group':
    case 'look':
      return costOf(node.body);
    case 'repeat': {
      const body = costOf(node.body);
      if (node.max <= 1) return { degree: body.degree, branches: body.branches + 1 };
      const isPlain = body.degree === 0 && body.branches === 1;
      return { degree: isPlain ? 1 : Number.POSITIVE_INFINITY, branches: 1 };
    }
    case 'back':
      return { degree: 1, branches: 1 };
    default:
      return { degree: 0, branches: 1 };
  }
}

type Look = Extract<Instruction, { op: 'look' }>;

/** What is left of the steps; shared by all matches of one matcher. */
interface Work {
  stepsLeft: number;
}

function search(program: RegexProgram, text: string, from: number, work: Work): RegExpExecArray | null {
  for (let start = from; start <= text.length; start++) {
    const slots = new Array<number>(program.slots).fill(-1);
    if (!run(program, text, { next: 0, at: start, slots, stack: [] }, work)) continue;
    const groups = Array.from({ length: program.groups + 1 }, (_, i) =>
      slots[2 * i + 1]! < 0 ? undefined : text.slice(slots[2 * i]!, slots[2 * i + 1]!),
    );
    return Object.assign(groups, { index: slots[0]!, input: text }) as unknown as RegExpExecArray;
  }
  return null;
}

/**
 * One way through the program. `stack` holds what to do when it fails: pairs (instruction, position) to go on from, and
 * pairs (~slot, value) that put a slot back first.
 */
interface Thread {
  next: number;
  at: number;
  slots: number[];
  stack: number[];
}

function run(program: RegexProgram, text: string, thread: Thread, work: Work): boolean {
  for (;;) {
    if (--work.stepsLeft < 0 || thread.stack.length > STACK_MAX) throw new RegexStepsExceeded();
    const instruction = program.instructions[thread.next++]!;
    if (instruction.op === 'end') return true;
    if (!step(program, text, thread, instruction, work) && !backtrack(thread)) return false;
  }
}

function step(program: RegexProgram, text: string, thread: Thread, instruction: Instruction, work: Work): boolean {
  switch (instruction.op) {
    case 'character':
      return thread.at < text.length && instruction.test(text.charCodeAt(thread.at++));
    case 'split':
      thread.stack.push(instruction.second, thread.at);
      thread.next = instruction.first;
      return true;
    case 'jump':
      thread.next = instruction.to;
      return true;
    case 'save':
      setSlot(thread, instruction.slot, thread.at);
      return true;
    case 'clear':
      for (let slot = 2 * instruction.from; slot <= 2 * instruction.to + 1; slot++) setSlot(thread, slot, -1);
      return true;
    case 'progress':
      return thread.slots[instruction.slot] !== thread.at;
    case 'edge':
      return isEdge(program, text, thread.at, instruction.kind);
    case 'back': {
      const length = repeatedLength(program, text, thread, instruction.index);
      thread.at += Math.max(length, 0);
      work.stepsLeft -= length;
      return length >= 0;
    }
    case 'look':
      return look(program, text, thread, instruction, work);
    case 'end':
      return true;
  }
}

/** Runs the lookahead, which stands right behind its instruction, as a thread of its own that leaves only its groups. */
function look(program: RegexProgram, text: string, thread: Thread, instruction: Look, work: Work): boolean {
  const inner: Thread = { next: thread.next, at: thread.at, slots: thread.slots.slice(), stack: [] };
  const found = run(program, text, inner, work);
  thread.next = instruction.next;
  if (found && !instruction.negated) {
    for (const [slot, value] of inner.slots.entries()) if (value !== thread.slots[slot]) setSlot(thread, slot, value);
  }
  return found !== instruction.negated;
}

function setSlot(thread: Thread, slot: number, value: number): void {
  thread.stack.push(~slot, thread.slots[slot]!);
  thread.slots[slot] = value;
}

function backtrack(thread: Thread): boolean {
  while (thread.stack.length > 0) {
    const value = thread.stack.pop()!;
    const where = thread.stack.pop()!;
    if (where >= 0) {
      thread.next = where;
      thread.at = value;
      return true;
    }
    thread.slots[~where] = value;
  }
  return false;
}

function isEdge(program: RegexProgram, text: string, at: number, kind: '^' | '$' | 'b' | 'B'): boolean {
  if (kind === '^') return at === 0 || (program.multiline && isLineEnd(text.charCodeAt(at - 1)));
  if (kind === '$') return at === text.length || (program.multiline && isLineEnd(text.charCodeAt(at)));
  return (isWord(text, at - 1) !== isWord(text, at)) === (kind === 'b');
}

function isLineEnd(unit: number): boolean {
  return unit === 10 || unit === 13 || unit === 0x2028 || unit === 0x2029;
}

function isWord(text: string, at: number): boolean {
  return at >= 0 && at < text.length && /\w/.test(text[at]!);
}

/** Characters that a back reference takes here, -1 if its text does not stand here; a group without a match takes none. */
function repeatedLength(program: RegexProgram, text: string, thread: Thread, index: number): number {
  const { at, slots } = thread;
  const [start, end] = [slots[2 * index]!, slots[2 * index + 1]!];
  if (end < 0) return 0;
  const length = end - start;
  const [wanted, found] = [text.slice(start, end), text.slice(at, at + length)];
  const same = program.ignoreCase ? wanted.toUpperCase() === found.toUpperCase() : wanted === found;
  return same ? length : -1;
}
