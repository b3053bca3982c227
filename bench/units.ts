// Requests and write units that one more linear Task transition costs: the difference between chains of twenty and of
// ten, so that what an execution costs once does not count. Fused, and in the classical shape.
import { payloadOf, tasks } from './definitions.ts';
import type { Figure } from './figure.ts';
import { type Use, useOf } from './metered-engine.ts';

const SHAPES = [
  { shape: 'fused', transitionsPerMessage: 25, puts: 1, sends: 0 },
  { shape: 'classical', transitionsPerMessage: 1, puts: 2, sends: 1 },
] as const;

export async function units(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { shape, transitionsPerMessage, puts, sends } of SHAPES)
    for (const bytes of [300, 2_000]) {
      const ten = await useOf(tasks(10), payloadOf(bytes), { transitionsPerMessage });
      const twenty = await useOf(tasks(20), payloadOf(bytes), { transitionsPerMessage });
      const each = (count: (use: Use) => number) => (count(twenty) - count(ten)) / 10;
      const where = `per Task transition, ${shape}, ${bytes} B`;
      figures.push(
        { what: `puts ${where}`, value: each(({ table }) => table.puts), unit: '', target: { atMost: puts } },
        {
          what: `messages ${where}`,
          value: each(({ queue }) => queue.messagesSent),
          unit: '',
          target: { atMost: sends },
        },
        {
          what: `reads ${where}`,
          value: each(({ table }) => table.gets + table.queries + table.lists),
          unit: '',
          target: { atMost: 0 },
        },
        { what: `write units ${where}`, value: each(({ table }) => table.writeUnits), unit: '' },
      );
    }
  return figures;
}
