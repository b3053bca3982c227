// What there is to know of a seed that failed, on one page.
import type { Verdict } from './simulation.ts';

export function reportOf({ seed, violations, definition, mode, trace }: Verdict, traceLines = 60): string {
  const { isEmbedded, settings, faults } = mode;
  const rates = Object.entries(faults).flatMap(([name, rate]) => (rate === 0 ? [] : [`${name} ${+rate.toFixed(3)}`]));
  return [
    `SEED ${seed}: ${violations.length === 0 ? 'as it should be' : violations.slice(0, 5).join('\n  ')}`,
    `${isEmbedded ? 'embedded' : 'Lambda'}, ${JSON.stringify(settings)}, ${rates.join(', ')}`,
    JSON.stringify(definition),
    ...trace.slice(-traceLines),
    `replay: npm run sim -- --seed ${seed}`,
  ].join('\n');
}
