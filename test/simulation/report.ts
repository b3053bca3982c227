// What there is to know of a seed that failed, on one page.
import type { Cuts, Verdict } from './simulation.ts';

export function reportOf(verdict: Verdict, traceLines = 60): string {
  const { seed, cuts, violations, definition, mode, struck, trace } = verdict;
  const { isEmbedded, settings } = mode;
  const faults = [...struck].map(([name, count]) => `${count} ${name}`);
  return [
    `SEED ${seed}: ${violations.length === 0 ? 'as it should be' : violations.slice(0, 5).join('\n  ')}`,
    `${isEmbedded ? 'embedded' : 'Lambda'}, ${JSON.stringify(settings)}, faults: ${faults.join(', ') || 'none'}`,
    JSON.stringify(definition),
    ...trace.slice(-traceLines),
    `replay: npm run sim -- --seed ${seed}${optionsOf(cuts)}`,
  ].join('\n');
}

function optionsOf({ focus, without, steps, passes }: Cuts): string {
  return [
    focus === 'all' ? '' : ` --focus ${focus}`,
    without.size === 0 ? '' : ` --without ${[...without].join(',')}`,
    steps === Number.POSITIVE_INFINITY ? '' : ` --steps ${steps}`,
    passes.size === 0 ? '' : ` --passes ${[...passes].join(',')}`,
  ].join('');
}
