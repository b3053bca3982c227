// What the `${...}` of a case stand for in this run, and what the tokens of its recording (`<region>`,
// `snf_role_arn`) then must be. Names that end in `uid00001` get digits of this run, so cases never meet each other.
import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../../core/expr/json.ts';
import { isObject, parseJson, printJson } from '../../core/expr/json.ts';
import type { Case } from './case.ts';
import { membersOf } from './case.ts';

/** Where a run takes place. */
export interface Place {
  account: string;
  region: string;
  partition: string;
  /** Differs from run to run, so that generated names do. */
  nonce: string;
}

/** A placeholder that has no value, or none yet. */
export class Unresolved extends Error {}

const INNERMOST = /\$\{([^${}]*)\}/g;
const NAMES_A_ROLE = /^(?:role\d*|cross_account_role|apigw_role)$/;
const PATH_STEP = /^\|json|^\|output|^\|split\((.*?)\)|^\.([A-Za-z]\w*)|^\[(-?\d+)\]/;
const REGEX_SIGNS = /[\\[\](){}*?|+^]/;

export class Placeholders {
  /** The case, with the names of this run. */
  readonly case: Case;
  /** Answers so far, by the name of their call. */
  readonly answers = new Map<string, Json>();
  /** Stands in for calls that are not part of the case, where it is known that they mean this one answer. */
  soleAnswer: Json | undefined;
  readonly #place: Place;
  readonly #now: number;

  constructor(written: Case, place: Place, now: number) {
    this.#place = place;
    this.#now = now;
    const { id, source, kind, group } = written;
    const text = printJson(written as unknown as Json).replace(/uid(\d{5})/g, (_, n: string) =>
      runDigits(place, id, n),
    );
    this.case = { ...(parseJson(text) as unknown as Case), id, source, kind, group };
  }

  role(name: string): string {
    return `arn:${this.#place.partition}:iam::${this.#place.account}:role/conformance-${name}`;
  }

  /** A fresh name that no other case of any run uses. */
  freshName(prefix: string): string {
    return `${prefix}-${runDigits(this.#place, this.case.id, prefix)}`;
  }

  /** `value` with every placeholder filled in. Throws Unresolved for an answer that is not there (unless lenient). */
  fill(value: Json, lenient = false): Json {
    if (typeof value === 'string') return this.#fillText(value, lenient);
    if (Array.isArray(value)) return value.map((item) => this.fill(item, lenient));
    if (!isObject(value)) return value;
    const filled = Object.entries(value).map(([key, item]) => [
      key.includes('${') ? String(this.#fillText(key, lenient)) : key,
      this.fill(item, lenient),
    ]);
    return Object.fromEntries(filled) as JsonObject;
  }

  /** The value at `path` (`.x.y[0]|json|split(:)[-1]`) of an answer. */
  follow(answer: Json, path: string): Json {
    let value = answer;
    for (let rest = path; rest !== ''; ) {
      const step = PATH_STEP.exec(rest);
      if (step === null) throw new Unresolved(path);
      value = this.#step(value, step, path);
      rest = rest.slice(step[0].length);
    }
    return value;
  }

  /** A recorded value with every token whose meaning is known by now replaced; the others stay wildcards. */
  concrete(recorded: Json): Json {
    const known = this.#knownTokens();
    const longestFirst = [...known.keys()].sort((a, b) => b.length - a.length);
    const pattern = new RegExp(longestFirst.map(RegExp.escape).join('|'), 'g');
    // The remaining tokens for one value get a number: then it must be the same value everywhere.
    const fix = (text: string) =>
      text.replace(pattern, (token) => known.get(token)!).replace(/<((?:\w*ArnPart|\w*ExecArn)\w*)>/g, '<$1:x>');
    const walk = (value: Json): Json => {
      if (typeof value === 'string') return fix(value);
      if (Array.isArray(value)) return value.map(walk);
      if (!isObject(value)) return value;
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [fix(key), walk(item)]));
    };
    return walk(recorded);
  }

  #fillText(text: string, lenient: boolean): Json {
    let filled = text;
    // A value may hold placeholders itself, never more than a few deep.
    for (let depth = 0; depth < 5; depth += 1) {
      const only = /^\$\{([^${}]*)\}$/.exec(filled);
      if (only !== null) return this.#valueOr(only[1]!, filled, lenient);
      const next = filled.replace(INNERMOST, (all, name: string) => {
        const value = this.#valueOr(name, all, lenient);
        return typeof value === 'string' ? value : printJson(value);
      });
      if (next === filled) break;
      filled = next;
    }
    return filled.replaceAll('<partition>', this.#place.partition);
  }

  /** The placeholder's value; `otherwise` for what only looks like a placeholder. */
  #valueOr(name: string, otherwise: string, lenient: boolean): Json {
    try {
      return this.#value(name);
    } catch (error) {
      if (!(error instanceof Unresolved) || (!lenient && /^c\d+\b/.test(name))) throw error;
      return otherwise;
    }
  }

  #value(name: string): Json {
    const { partition, region, account } = this.#place;
    const simple: Record<string, string> = { partition, region, account, account2: account };
    if (Object.hasOwn(simple, name)) return simple[name]!;
    if (NAMES_A_ROLE.test(name)) return this.role(name);
    if (name === 'ext:aws_stack.get_boto3_region()') return region;
    const later = /^now(?:\+(\d+)s)?$/.exec(name);
    if (later !== null) return new Date(this.#now + Number(later[1] ?? 0) * 1000).toISOString().slice(0, 19);
    const queue = /^sqs_url\((.*)\)$/.exec(name);
    if (queue !== null) return `https://sqs.${region}.amazonaws.com/${account}/${queue[1]}`;
    const call = /^c\d+\b/.exec(name);
    const answer = call === null ? undefined : (this.answers.get(call[0]) ?? this.soleAnswer);
    if (call === null || answer === undefined) throw new Unresolved(name);
    return this.follow(answer, name.slice(call[0].length));
  }

  #step(value: Json, [text, separator, member, index]: RegExpExecArray, path: string): Json {
    if (text === '|json') return parseJson(String(value));
    if (text === '|output') return finalOutput(value, path);
    if (separator !== undefined) return String(value).split(separator);
    const members = membersOf(value);
    let found: Json | undefined;
    if (index !== undefined) found = Array.isArray(value) ? value.at(Number(index)) : undefined;
    else if (Object.hasOwn(members, member!)) found = members[member!];
    else if (member === 'executionName') found = (members.executionArn as string | undefined)?.split(':').at(-1);
    if (found === undefined) throw new Unresolved(path);
    return found;
  }

  #knownTokens(): Map<string, string> {
    const { region, partition, account } = this.#place;
    const known = new Map([
      ['<region>', region],
      ['<partition>', partition],
      ['111111111111', account],
    ]);
    // A token that the recording gave to several values stays a wildcard.
    const sources = new Map<string | undefined, Set<string | undefined>>();
    for (const { replacement, token, pattern, of, jsonpath } of this.case.transforms ?? []) {
      const name = replacement || token;
      sources.set(name, (sources.get(name) ?? new Set()).add(pattern || of || jsonpath));
    }
    for (const [token, { from, value_at_path_replaced }] of Object.entries(this.case.placeholders ?? {})) {
      if (value_at_path_replaced === true || typeof from !== 'string' || from === 'base') continue;
      if ((sources.get(token)?.size ?? 0) > 1) continue;
      const meaning = this.#meaning(from);
      if (meaning !== undefined) known.set(token, meaning);
    }
    return known;
  }

  /** The text a token stands for, by what the recording replaced: undefined where that cannot be known. */
  #meaning(from: string): string | undefined {
    const part = /^arn_colon_part\[(-\d)\] of (.*)$/s.exec(from);
    const replaced = part?.[2] ?? from;
    const isRule = /^(?:key |\$\.\.|maprun_)/.test(from) || REGEX_SIGNS.test(replaced.replace(INNERMOST, ''));
    if (part === null && isRule) return undefined;
    let text: Json;
    try {
      text = this.fill(replaced);
    } catch {
      return undefined;
    }
    if (typeof text !== 'string' || text === '' || text.includes('${')) return undefined;
    return part === null ? text : text.split(':').at(Number(part[1]));
  }
}

function runDigits(place: Place, id: string, name: string): string {
  return createHash('sha256').update(`${place.nonce}|${id}|${name}`).digest('hex').slice(0, 8);
}

function finalOutput(history: Json, path: string): Json {
  const { events } = membersOf(history);
  for (const event of Array.isArray(events) ? events.toReversed() : []) {
    const { executionSucceededEventDetails: details } = membersOf(event);
    if (details !== undefined) return membersOf(details).output ?? null;
  }
  throw new Unresolved(path);
}
