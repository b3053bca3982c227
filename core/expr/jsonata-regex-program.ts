// A parsed regular expression as a flat program for the bounded matcher: one instruction does one small thing, so
// counting instructions counts the work. Repeats are written out up to their lower and upper count.

import type { RegexNode, RegexSyntax } from './jsonata-regex-syntax.ts';

export type Instruction =
  | { op: 'character'; test: (unit: number) => boolean }
  | { op: 'split'; first: number; second: number }
  | { op: 'jump'; to: number }
  | { op: 'save'; slot: number }
  /** Forgets groups from..to, as each round of a repeat does. */
  | { op: 'clear'; from: number; to: number }
  /** Fails when nothing was consumed since `slot` was saved: a repeat must not go round on nothing. */
  | { op: 'progress'; slot: number }
  | { op: 'edge'; kind: '^' | '$' | 'b' | 'B' }
  | { op: 'back'; index: number }
  | { op: 'look'; negated: boolean; next: number }
  | { op: 'end' };

export interface RegexProgram {
  instructions: Instruction[];
  groups: number;
  /** Two slots per group (start, end), the whole match first, then one per repeat that may consume nothing. */
  slots: number;
  ignoreCase: boolean;
  multiline: boolean;
}

/** Longer programs are not made: repeats within repeats with large counts would grow without limit. */
const INSTRUCTIONS_MAX = 5_000;

export class ProgramTooLong extends Error {}

export function compileRegex(syntax: RegexSyntax, flags: string): RegexProgram {
  const program: RegexProgram = {
    instructions: [],
    groups: syntax.groups,
    slots: 2 * (syntax.groups + 1),
    ignoreCase: flags.includes('i'),
    multiline: flags.includes('m'),
  };
  add(program, { op: 'save', slot: 0 });
  emit(program, syntax.root);
  add(program, { op: 'save', slot: 1 });
  add(program, { op: 'end' });
  return program;
}

function add<T extends Instruction>(program: RegexProgram, instruction: T): T {
  if (program.instructions.length >= INSTRUCTIONS_MAX) throw new ProgramTooLong();
  program.instructions.push(instruction);
  return instruction;
}

function emit(program: RegexProgram, node: RegexNode): void {
  switch (node.type) {
    case 'character':
      add(program, { op: 'character', test: characterTest(node.source, program.ignoreCase) });
      return;
    case 'sequence':
      for (const item of node.items) emit(program, item);
      return;
    case 'choice':
      emitChoice(program, node.options);
      return;
    case 'group':
      add(program, { op: 'save', slot: 2 * node.index });
      emit(program, node.body);
      add(program, { op: 'save', slot: 2 * node.index + 1 });
      return;
    case 'repeat':
      emitRepeat(program, node);
      return;
    case 'look': {
      const look = add(program, { op: 'look', negated: node.negated, next: 0 });
      emit(program, node.body);
      add(program, { op: 'end' });
      look.next = program.instructions.length;
      return;
    }
    case 'edge':
      add(program, { op: 'edge', kind: node.kind });
      return;
    case 'back':
      add(program, { op: 'back', index: node.index });
  }
}

/** Asks the platform once per character; both letter cases and every class mean exactly what they mean there. */
function characterTest(source: string, ignoreCase: boolean): (unit: number) => boolean {
  const pattern = new RegExp(`^(?:${source})$`, ignoreCase ? 'i' : '');
  const known = new Map<number, boolean>();
  return (unit) => {
    let answer = known.get(unit);
    if (answer === undefined) {
      answer = pattern.test(String.fromCharCode(unit));
      known.set(unit, answer);
    }
    return answer;
  };
}

function emitChoice(program: RegexProgram, options: RegexNode[]): void {
  const jumps: { to: number }[] = [];
  options.forEach((option, i) => {
    const isLast = i === options.length - 1;
    const split = isLast ? undefined : add(program, { op: 'split', first: here(program) + 1, second: 0 });
    emit(program, option);
    if (split === undefined) return;
    jumps.push(add(program, { op: 'jump', to: 0 }));
    split.second = here(program);
  });
  for (const jump of jumps) jump.to = here(program);
}

type Repeat = Extract<RegexNode, { type: 'repeat' }>;

function emitRepeat(program: RegexProgram, node: Repeat): void {
  for (let i = 0; i < node.min; i++) emitRound(program, node);
  if (node.max === Number.POSITIVE_INFINITY) {
    const start = here(program);
    const split = addSplit(program);
    emitOptionalRound(program, node);
    add(program, { op: 'jump', to: start });
    aim(split, node.greedy, start + 1, here(program));
    return;
  }
  const splits: { split: Split; body: number }[] = [];
  for (let i = node.min; i < node.max; i++) {
    splits.push({ split: addSplit(program), body: here(program) });
    emitOptionalRound(program, node);
  }
  for (const { split, body } of splits) aim(split, node.greedy, body, here(program));
}

function emitRound(program: RegexProgram, node: Repeat): void {
  const [from, to] = node.groups;
  if (from <= to) add(program, { op: 'clear', from, to });
  emit(program, node.body);
}

function emitOptionalRound(program: RegexProgram, node: Repeat): void {
  if (node.body.type === 'character') {
    emitRound(program, node);
    return;
  }
  const slot = program.slots++;
  add(program, { op: 'save', slot });
  emitRound(program, node);
  add(program, { op: 'progress', slot });
}

type Split = Extract<Instruction, { op: 'split' }>;

function addSplit(program: RegexProgram): Split {
  return add<Split>(program, { op: 'split', first: 0, second: 0 });
}

function aim(split: Split, greedy: boolean, body: number, after: number): void {
  split.first = greedy ? body : after;
  split.second = greedy ? after : body;
}

function here(program: RegexProgram): number {
  return program.instructions.length;
}
