// The order in which a java.util.HashMap walks its keys. The service gathers the computed fields of a payload template in
// one, and the order shows in every payload it sends (all 36 shapes recorded agree).

const FIRST_CAPACITY = 16;
const LOAD_FACTOR = 0.75;

/** The keys by bucket; those of one bucket stay in the order in which they were put. */
export function javaHashOrder(keys: readonly string[]): string[] {
  let capacity = FIRST_CAPACITY;
  while (keys.length > capacity * LOAD_FACTOR) capacity *= 2;
  const bucketed = keys.map((key): [number, string] => [spreadHash(key) & (capacity - 1), key]);
  return bucketed.sort(([a], [b]) => a - b).map(([, key]) => key);
}

function spreadHash(key: string): number {
  let hash = 0;
  for (let at = 0; at < key.length; at++) hash = (Math.imul(31, hash) + key.charCodeAt(at)) | 0;
  return hash ^ (hash >>> 16);
}
