// `stepwell lint`: checks definition files (JSON or YAML) as the service does when a machine is created, and warns
// about what it would not refuse but production will regret. Exit code: 0 no errors, 1 errors, 2 wrong usage or no file.
import { parseArgs } from 'node:util';
import { checkDefinition, type Diagnostic } from '../core/asl/check.ts';
import { lintDefinition, RULES } from '../core/asl/lint.ts';
import { jsonErrorAt } from '../core/asl/read.ts';
import { UsageError } from './arguments.ts';
import { readText } from './input.ts';
import type { Io } from './io.ts';
import { type Finding, FORMATS, type Format, jsonReport, sarifReport, textReport } from './lint-report.ts';
import { at, positionOf, readSource, type Source } from './lint-source.ts';

type LintIo = Pick<Io, 'out' | 'err' | 'paint'>;
type MachineType = 'STANDARD' | 'EXPRESS';

const TYPES: readonly MachineType[] = ['STANDARD', 'EXPRESS'];

export async function lint(args: string[], io: LintIo): Promise<number> {
  const { files, format, type } = parseLintArguments(args);
  const all: Finding[] = [];
  for (const file of files) {
    const source = readSource(file, readText(file));
    const findings = findingsOf(source, type);
    if (format === 'text') for (const finding of findings) io.out(textReport(finding, source, io.paint));
    all.push(...findings);
  }
  if (format === 'json') io.out(jsonReport(all));
  if (format === 'sarif') io.out(sarifReport(all));
  const errors = all.filter(({ severity }) => severity === 'error').length;
  io.err(`${count(errors, 'error')}, ${count(all.length - errors, 'warning')} in ${count(files.length, 'file')}`);
  return errors > 0 ? 1 : 0;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function parseLintArguments(args: string[]): { files: string[]; format: Format; type: MachineType } {
  const options = {
    format: { type: 'string', default: 'text' },
    type: { type: 'string', default: 'STANDARD' },
  } as const;
  const { values, positionals } = parseStrictly(() => parseArgs({ args, options, allowPositionals: true }));
  const format = FORMATS.find((name) => name === values.format);
  const type = TYPES.find((name) => name === values.type.toUpperCase());
  if (format === undefined) throw new UsageError(`--format takes ${FORMATS.join(', ')}, not '${values.format}'.`);
  if (type === undefined) throw new UsageError(`--type takes ${TYPES.join(' or ')}, not '${values.type}'.`);
  if (positionals.length === 0) throw new UsageError('Missing: one or more definition files.');
  return { files: positionals, format, type };
}

function parseStrictly<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Errors and warnings, in order of their places. */
export function findingsOf(source: Source, type: MachineType): Finding[] {
  if (source.json === undefined) return [unreadable(source)];
  const { definition, diagnostics } = checkDefinition(source.json, { type });
  const findings = diagnostics.map((diagnostic) => findingOf(diagnostic, source));
  const advice = (definition ? lintDefinition(definition) : []).map(({ rule, message, location }): Finding => {
    const position = positionOf(source, location);
    return { file: source.file, ...position, severity: 'warning', code: rule, message, location, hint: RULES[rule] };
  });
  return [...findings, ...advice].sort((a, b) => a.line - b.line || a.column - b.column);
}

function unreadable(source: Source): Finding {
  const { message, offset } = source.problem ?? { message: 'Cannot be read', offset: 0 };
  return { file: source.file, ...at(source, offset, 1), severity: 'error', code: 'INVALID_YAML', message };
}

function findingOf({ severity, code, message, location }: Diagnostic, source: Source): Finding {
  const position =
    code === 'INVALID_JSON_DESCRIPTION'
      ? at(source, jsonErrorAt(source.json ?? ''), 1)
      : positionOf(source, location, fieldIn(message));
  const hint = HINTS.find(([pattern]) => pattern.test(`${code}: ${message}`))?.[1];
  return {
    file: source.file,
    ...position,
    severity: severity === 'ERROR' ? 'error' : 'warning',
    code,
    message,
    ...(location === undefined ? {} : { location }),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** A finding about a field stands at the object around it; its message names the field. */
function fieldIn(message: string): string | undefined {
  return /[Ff]ield '([^']+)'/.exec(message)?.[1];
}

/** What to do about it, where the message leaves that open. */
const HINTS: [RegExp, string][] = [
  [
    /^MISSING_TRANSITION_TARGET: Missing/,
    'States can only lead to states of the same States object; names are case-sensitive.',
  ],
  [/^MISSING_TRANSITION_TARGET: State/, 'Lead a Next, Default or Catch to it, or remove it.'],
  [/^MISSING_END_STATE/, 'Give the last state "End": true, or add a Succeed or Fail state.'],
  [/^DUPLICATE_STATE_NAME/, 'Names are unique in the whole machine, nested states included.'],
  [/^NO_DOLLAR/, 'Write the key with ".$" at its end to have the value evaluated.'],
  [/^PASS_RESULT_IS_STATIC/, 'Use Parameters instead of Result to have paths evaluated.'],
  [/^NO_PATH/, 'Use the operator or field of the same name with Path at its end.'],
  [/only supported for the 'JSONata'/, 'Set "QueryLanguage": "JSONata" on the state or the machine.'],
  [/only supported for the 'JSONPath'/, 'JSONata has Arguments, Output and Assign in its place.'],
  [/Field '.*' is not supported/, 'Field names are case-sensitive, and each state type has its own.'],
  [
    /only one of the following fields: \[Next, End\]/,
    'Say where to go with Next, or that this is the end with "End": true.',
  ],
  [/should only be one of the following fields/, 'Keep one of them.'],
  [/valid resource ARN/, 'Give the ARN of a Lambda function or an activity, or arn:aws:states:::<service>:<action>.'],
  [/States\.ALL must/, 'Move States.ALL to an entry of its own at the end of the list.'],
];
