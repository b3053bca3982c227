// A payload between states: JSON text with its value at hand. An untouched payload keeps its text to the letter
// (spacing, big integers, key order, escapes), because AWS hands the very text on; see docs/decisions.
import { type Json, parseJson, printJson } from '../expr/json.ts';

export interface Payload {
  readonly text: string;
  readonly value: Json;
}

/** Parses only when the value is asked for. */
export function payload(text: string): Payload {
  let value: Json | undefined;
  return {
    text,
    get value() {
      if (value === undefined) value = parseJson(text);
      return value;
    },
  };
}

/** The payload of a value; one of `origins` itself where the value is exactly what that one holds. */
export function payloadOf(value: Json, ...origins: Payload[]): Payload {
  const origin = origins.find((each) => each.value === value && typeof value === 'object');
  return origin ?? { text: printJson(value), value };
}

export function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

/** The same payload without white space between its tokens: what a state puts out. */
export function compact(of: Payload): Payload {
  if (!/[ \t\r\n]/.test(of.text)) return of;
  const text = of.text.replace(/("[^"\\]*(?:\\.[^"\\]*)*")|[ \t\r\n]+/g, (_all, string?: string) => string ?? '');
  return text === of.text
    ? of
    : {
        text,
        get value() {
          return of.value;
        },
      };
}
