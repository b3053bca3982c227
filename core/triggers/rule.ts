// The names of EventBridge's rules for triggers: `stepwell deploy` makes the rules, and a schedule's event says no more
// of its trigger than the rule it comes by.
import { createHash } from 'node:crypto';

const NAME_LENGTH_MAX = 64;
const HASH_LENGTH = 8;

/** Begins as the functions' permission says; unique even where it had to be cut. */
export function ruleNameOf(prefix: string, { machineName, name }: { machineName: string; name: string }): string {
  const plain = `${machineName}-${name}`.replaceAll(/[^\w.-]+/g, '-');
  const hash = createHash('sha256').update(`${machineName}/${name}`).digest('hex').slice(0, HASH_LENGTH);
  return `${prefix}${plain.slice(0, NAME_LENGTH_MAX - prefix.length - HASH_LENGTH - 1)}-${hash}`;
}
