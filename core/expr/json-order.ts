// JSON objects in the order of their text. JavaScript lists integer-like keys ("2", "1") first and by number, whatever
// was written; the service keeps the order of the source, and shows it. Only documents that have such keys come here.
import type { Json, JsonObject } from './json.ts';

const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/y;
const ATOM = /[^\s,:[\]{}]+/y;
const SPACE = /\s*/y;

/** Reads text that `JSON.parse` has accepted already; `atom` gives the value of a number, `true`, `false` or `null`. */
export function parseInOrder(text: string, atom: (token: string) => Json): Json {
  let at = 0;

  function take(token: RegExp): string {
    token.lastIndex = at;
    const [found = ''] = token.exec(text) ?? [];
    at += found.length;
    return found;
  }

  /** The next character that is no white space, not taken yet. */
  function next(): string {
    take(SPACE);
    return text[at] ?? '';
  }

  function value(): Json {
    switch (next()) {
      case '{':
        return object();
      case '[':
        return array();
      case '"':
        return JSON.parse(take(STRING)) as string;
      default:
        return atom(take(ATOM));
    }
  }

  function array(): Json[] {
    const items: Json[] = [];
    at++;
    while (next() !== ']') {
      if (text[at] === ',') at++;
      else items.push(value());
    }
    at++;
    return items;
  }

  function object(): JsonObject {
    const members = new Map<string, Json>();
    at++;
    while (next() !== '}') {
      if (text[at] === ',') {
        at++;
        continue;
      }
      const key = JSON.parse(take(STRING)) as string;
      next();
      at++; // the colon
      members.set(key, value());
    }
    at++;
    return ordered(members);
  }

  return value();
}

/** An object that lists its keys in this order. It must never be changed, like every payload. */
function ordered(members: Map<string, Json>): JsonObject {
  const object = Object.fromEntries(members);
  const keys = [...members.keys()];
  const isInOrder = Object.keys(object).every((key, index) => key === keys[index]);
  return isInOrder ? object : new Proxy(object, { ownKeys: () => keys });
}
