// A regular expression matcher that cannot be made slow: all states are advanced together, one character at a time
// (Thompson's construction), so the work is bounded by expression size times text length whatever the expression is.

import { PathError } from './path-error.ts';
import { type CharTest, isWordChar, parseRegex, type RegexNode, refusedRegex } from './regex-parse.ts';

type Instruction =
  | { op: 'char'; test: CharTest }
  | { op: 'split'; other: number }
  | { op: 'jump'; to: number }
  | { op: 'assert'; at: 'start' | 'end' | 'boundary' | 'insideWord' };

export interface Regex {
  readonly source: string;
  readonly program: readonly Instruction[];
}

const MAX_INSTRUCTIONS = 5_000;
/** Instructions times characters; well under a second. */
const MAX_WORK = 50_000_000;

export function compileRegex(source: string, ignoreCase: boolean): Regex {
  const program: Instruction[] = [];
  emit(parseRegex(source, ignoreCase), program, source);
  return { source, program };
}

function emit(node: RegexNode, program: Instruction[], source: string): void {
  if (program.length > MAX_INSTRUCTIONS) throw refusedRegex({ at: 0, source }, 'The expression is too large');
  switch (node.kind) {
    case 'char':
      program.push({ op: 'char', test: node.test });
      return;
    case 'assert':
      program.push({ op: 'assert', at: node.at });
      return;
    case 'sequence':
      for (const item of node.items) emit(item, program, source);
      return;
    case 'choice':
      emitChoice(node.options, program, source);
      return;
    case 'repeat':
      emitRepeat(node, program, source);
  }
}

function emitChoice(options: RegexNode[], program: Instruction[], source: string): void {
  const exits: { op: 'jump'; to: number }[] = [];
  for (const [index, option] of options.entries()) {
    const split = { op: 'split' as const, other: 0 };
    const isLast = index === options.length - 1;
    if (!isLast) program.push(split);
    emit(option, program, source);
    if (isLast) break;
    const exit = { op: 'jump' as const, to: 0 };
    program.push(exit);
    exits.push(exit);
    split.other = program.length;
  }
  for (const exit of exits) exit.to = program.length;
}

function emitRepeat(node: Extract<RegexNode, { kind: 'repeat' }>, program: Instruction[], source: string): void {
  for (let count = 0; count < node.min; count++) emit(node.item, program, source);
  const skips: { op: 'split'; other: number }[] = [];
  const optional = node.max === Number.POSITIVE_INFINITY ? 1 : node.max - node.min;
  const start = program.length;
  for (let count = 0; count < optional; count++) {
    const skip = { op: 'split' as const, other: 0 };
    program.push(skip);
    skips.push(skip);
    emit(node.item, program, source);
  }
  if (node.max === Number.POSITIVE_INFINITY) program.push({ op: 'jump', to: start });
  for (const skip of skips) skip.other = program.length;
}

/** Whether the whole text matches. */
export function matchesRegex(regex: Regex, text: string): boolean {
  const { program } = regex;
  if ((program.length + 1) * text.length > MAX_WORK) {
    throw new PathError('InvalidPath', `The text is too long for the regular expression /${regex.source}/`);
  }
  const chars = Array.from(text);
  let states = new Set<number>();
  follow(program, 0, chars, 0, states);
  for (const [at, char] of chars.entries()) {
    const next = new Set<number>();
    for (const state of states) {
      const instruction = program[state];
      if (instruction?.op === 'char' && instruction.test(char)) follow(program, state + 1, chars, at + 1, next);
    }
    if (next.size === 0) return false;
    states = next;
  }
  return states.has(program.length);
}

/** Adds every state reachable from `start` without reading a character. */
function follow(
  program: readonly Instruction[],
  start: number,
  chars: readonly string[],
  at: number,
  states: Set<number>,
): void {
  const pending = [start];
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    if (states.has(state)) continue;
    states.add(state);
    const instruction = program[state];
    if (instruction?.op === 'jump') pending.push(instruction.to);
    else if (instruction?.op === 'split') pending.push(instruction.other, state + 1);
    else if (instruction?.op === 'assert' && assertionHolds(instruction.at, chars, at)) pending.push(state + 1);
  }
}

function assertionHolds(
  assertion: 'start' | 'end' | 'boundary' | 'insideWord',
  chars: readonly string[],
  at: number,
): boolean {
  if (assertion === 'start') return at === 0;
  if (assertion === 'end') return at === chars.length;
  const isBoundary = isWordChar(chars[at - 1]) !== isWordChar(chars[at]);
  return isBoundary === (assertion === 'boundary');
}
