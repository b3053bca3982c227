// What a bench gives: figures with a unit, each beside the target we hold ourselves to and what others reach.
export interface Figure {
  what: string;
  value: number;
  unit: string;
  /** From DESIGN, section 7; absent for figures that only explain another. */
  target?: { atMost: number } | { atLeast: number };
  /** A peer's figure, or the raw limit of the machine below us. */
  beside?: string;
}

/** Resolves to the figures of one bench file. */
export type Bench = () => Promise<Figure[]>;

/** The share `q` of the values lies at or below the result. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Milliseconds that `work` took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export function isMet({ value, target }: Figure): boolean | undefined {
  if (target === undefined) return undefined;
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
}
