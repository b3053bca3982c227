// How findings are shown: as text with a frame of the code, as JSON, or as SARIF for code-scanning services.
import type { Io } from './io.ts';
import { lineText, type Position, type Source } from './lint-source.ts';

export interface Finding extends Position {
  file: string;
  severity: 'error' | 'warning';
  /** The service's diagnostic code, or the name of a rule of best practice. */
  code: string;
  message: string;
  location?: string;
  hint?: string;
}

export const FORMATS = ['text', 'json', 'sarif'] as const;
export type Format = (typeof FORMATS)[number];

export function textReport(finding: Finding, source: Source, paint: Io['paint']): string {
  const { file, line, column, severity, code, message, hint } = finding;
  const color = severity === 'error' ? 'red' : 'yellow';
  const head = `${file}:${line}:${column}: ${paint(color, severity)} ${message} ${paint('gray', `(${code})`)}`;
  return [head, ...frame(finding, source), ...(hint ? [`  hint: ${hint}`] : []), ''].join('\n');
}

const FRAME_WIDTH = 120;

/** The line in question between its neighbours, with its place underlined. */
function frame({ line, column, length }: Position, source: Source): string[] {
  const digits = String(line + 1).length;
  const show = (number: number, mark: string) => {
    const code = lineText(source, number).slice(0, FRAME_WIDTH);
    return `${mark} ${String(number).padStart(digits)} | ${code}`.trimEnd();
  };
  const before = line > 1 ? [show(line - 1, ' ')] : [];
  const underline = column <= FRAME_WIDTH ? '^'.repeat(Math.min(length, FRAME_WIDTH - column + 1)) : '';
  const tabs = lineText(source, line)
    .slice(0, column - 1)
    .replace(/[^\t]/g, ' ')
    .slice(0, FRAME_WIDTH);
  return [...before, show(line, '>'), `  ${' '.repeat(digits)} | ${tabs}${underline}`];
}

export function jsonReport(findings: Finding[]): string {
  return JSON.stringify(findings, null, 2);
}

export function sarifReport(findings: Finding[]): string {
  const rules = [...new Set(findings.map(({ code }) => code))].sort().map((id) => ({ id }));
  const results = findings.map(({ file, line, column, length, severity, code, message, hint }) => ({
    ruleId: code,
    level: severity,
    message: { text: hint ? `${message}. ${hint}` : message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: file.replaceAll('\\', '/') },
          region: { startLine: line, startColumn: column, endColumn: column + length },
        },
      },
    ],
  }));
  return JSON.stringify(
    {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'stepwell lint', rules } }, results }],
    },
    null,
    2,
  );
}
