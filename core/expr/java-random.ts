// java.util.Random, the generator behind seeded random numbers of the service: a 48-bit linear congruence.

const MULTIPLIER = 0x5deece66dn;
const MASK = (1n << 48n) - 1n;

/** The first `nextDouble()` of `new java.util.Random(seed)`. */
export function javaRandomDouble(seed: number): number {
  const first = step((BigInt(Math.trunc(seed)) ^ MULTIPLIER) & MASK);
  const second = step(first);
  return Number(((first >> 22n) << 27n) + (second >> 21n)) / 2 ** 53;
}

function step(state: bigint): bigint {
  return (state * MULTIPLIER + 0xbn) & MASK;
}
