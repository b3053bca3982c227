// The shape of what is stored and sent: every path that stands in an item, a record or a message, with the type of what is
// there, and the kinds of everything that has kinds. Two worlds that write the same paths can read each other.
import { unpack } from '../../../core/store/body.ts';
import type { Sample } from './sample.ts';

/** Objects whose keys are data: of all their members one stands for all. */
const DICTIONARIES = /\.(frames|groups|calls|redriveTokens|variables|tags|ended|ended\.\*)$/;
/** In AWS's own words, or the user's. */
const NOT_OURS = /\.(events\[\]|items\[\])$/;

export function pathsIn(samples: Sample[]): Set<string> {
  const paths = new Set<string>();
  for (const sample of samples) gather(paths, sample);
  return paths;
}

function gather(paths: Set<string>, { items, messages, payloads }: Sample): void {
  const bodyOf = (ref: unknown) => unpack(fromBase64(payloads[String(ref)] ?? ''));
  for (const { pk, sk, ...attributes } of items) {
    const [kept, part] = [String(pk), String(sk)].map((key) => key.replace(/#.*/, ''));
    // All that belongs to a machine has one partition.
    const name = kept === 'machine' ? `${kept}/${part}` : kept!;
    for (const attribute of Object.keys(attributes)) paths.add(`${name} has ${attribute}`);
    const { body, ref, summary } = attributes;
    if (typeof body === 'object' && name !== 'stalled') walk(paths, name, unpack(fromBase64(body.base64)));
    if (ref !== undefined) walk(paths, name, bodyOf(ref));
    if (summary !== undefined) walk(paths, `${name}.summary`, JSON.parse(String(summary)));
  }
  for (const { body } of messages) {
    const message = JSON.parse(body);
    if (message.ref === undefined) walk(paths, `message ${message.kind}`, message);
    else paths.add('message in the payload store');
  }
}

function walk(paths: Set<string>, path: string, value: unknown): void {
  if (NOT_OURS.test(path)) return;
  if (Array.isArray(value)) {
    paths.add(`${path}: array`);
    for (const each of value) walk(paths, `${path}[]`, each);
    return;
  }
  if (typeof value !== 'object' || value === null) {
    paths.add(`${path}: ${/\.(kind|status)$/.test(path) ? value : typeof value}`);
    return;
  }
  // What has kinds has a shape for each.
  const place = 'kind' in value && path.includes('.') ? `${path}(${value.kind})` : path;
  for (const [key, each] of Object.entries(value))
    walk(paths, `${place}.${DICTIONARIES.test(place) ? '*' : key}`, each);
}

const fromBase64 = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
