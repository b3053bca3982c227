// `application/x-www-form-urlencoded` text of JSON, as HTTP tasks send bodies and query parameters: nested keys in
// brackets, arrays in one of four formats.
// https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html#url-encode-request-body
import { isNumber, isObject, type Json, printJson } from '../expr/json.ts';
import type { NameValue } from '../ports.ts';

export type ArrayFormat = 'INDICES' | 'REPEAT' | 'COMMAS' | 'BRACKETS';

/** `a=1&b%5Bc%5D=2` */
export function formText(value: Json, format: ArrayFormat): string {
  if (!isObject(value) && !Array.isArray(value)) return scalarText(value);
  return Object.entries(value)
    .flatMap(([name, member]) => pairs(name, member, format))
    .join('&');
}

function pairs(name: string, value: Json, format: ArrayFormat): string[] {
  if (Array.isArray(value)) {
    if (format === 'COMMAS') return [pair(name, value.map(scalarText).join(','))];
    return value.flatMap((item, index) => pairs(`${name}${suffix(index, format)}`, item, format));
  }
  if (isObject(value)) return Object.entries(value).flatMap(([key, item]) => pairs(`${name}[${key}]`, item, format));
  return [pair(name, scalarText(value))];
}

function suffix(index: number, format: ArrayFormat): string {
  if (format === 'INDICES') return `[${index}]`;
  return format === 'BRACKETS' ? '[]' : '';
}

export function pair(name: string, value: string): string {
  return `${percentEncoded(name)}=${percentEncoded(value)}`;
}

/** A value as it stands in a header, a query or a form: text as it is, null as nothing. */
export function scalarText(value: Json): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  return isNumber(value) || typeof value === 'boolean' ? String(printJson(value)) : printJson(value);
}

/** RFC 3986: everything but its unreserved characters. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `{ "a": ["1", "2"] }` as pairs; a single value stands for a list of it. */
export function pairsOf(lists: Json | undefined): NameValue[] {
  if (!isObject(lists)) return [];
  return Object.entries(lists).flatMap(([name, values]) =>
    (Array.isArray(values) ? values : [values]).map((value): NameValue => [name, scalarText(value)]),
  );
}
