// Figures as a table for people.
import { type Figure, isMet } from './figure.ts';

const COLUMNS = ['what', 'measured', 'target', 'peers, or the limit below'] as const;

export function printTable(figures: readonly Figure[]): string {
  const rows = [[...COLUMNS], ...figures.map(row)];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
}

function row(figure: Figure): string[] {
  const { what, value, unit, target, beside = '' } = figure;
  const bound =
    target === undefined ? '' : 'atMost' in target ? `<= ${number(target.atMost)}` : `>= ${number(target.atLeast)}`;
  const verdict = { true: ' met', false: ' MISSED', undefined: '' }[String(isMet(figure))];
  return [what, `${number(value)} ${unit}`, `${bound}${verdict}`, beside];
}

/** Three digits that count, thousands apart. */
export function number(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}
