// The shape of `stepwell.yaml`, and what may stand in it. docs/triggers.md describes it for users.

import type { Source } from '../lint-source.ts';
import { type Located, problemAt } from './findings.ts';

export interface ProjectFile {
  /** What deployed machines carry as a tag: only these are ever removed. */
  project?: string;
  /** Values for `${Name}`; `--param` wins over them. */
  parameters?: Record<string, string>;
  /** For machines that name none of their own. */
  role?: string;
  /** On every machine. */
  tags?: Record<string, string>;
  machines?: Record<string, MachineEntry | null>;
}

export interface MachineEntry {
  /** A file beside this one; `<name>.asl.json` or `.asl.yaml` if absent. */
  definition?: string;
  type?: 'STANDARD' | 'EXPRESS';
  role?: string;
  tags?: Record<string, string>;
  logging?: { level: 'ALL' | 'ERROR' | 'FATAL' | 'OFF'; includeExecutionData?: boolean; logGroup?: string };
  tracing?: boolean;
  /** Values for `${Name}` in this machine's definition and triggers. */
  substitutions?: Record<string, string>;
  triggers?: TriggerEntry[];
}

/** A definition as the API has it, with a name, and a few shorter ways to write it. */
export type TriggerEntry = { name?: string; [kind: string]: unknown };

type Path = (string | number)[];
type Check = (value: unknown, path: Path, found: Found) => void;
type Found = (path: Path, message: string) => void;

const isText = (value: unknown) => typeof value === 'string' && value !== '';
const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function takes(what: string, isRight: (value: unknown) => boolean): Check {
  return (value, path, found) => {
    if (!isRight(value)) found(path, `${path.at(-1)} takes ${what}`);
  };
}

/** Values that YAML reads as numbers or booleans are as good as their text. */
const texts: Check = (value, path, found) => {
  if (!isMap(value)) return found(path, `${path.at(-1)} takes names and texts`);
  for (const [name, text] of Object.entries(value))
    if (!['string', 'number', 'boolean'].includes(typeof text)) found([...path, name], `${name} takes a text`);
};

function fields(what: string, known: Record<string, Check>, required: string[] = []): Check {
  return (value, path, found) => {
    if (!isMap(value)) return found(path, `${what} takes ${Object.keys(known).join(', ')}`);
    for (const name of required) if (value[name] === undefined) found(path, `${what} needs ${name}`);
    for (const [name, inner] of Object.entries(value)) {
      const check = Object.hasOwn(known, name) ? known[name] : undefined;
      if (check === undefined) found([...path, name], `${what} has no ${name}, but ${Object.keys(known).join(', ')}`);
      else check(inner, [...path, name], found);
    }
  };
}

const LEVELS = ['ALL', 'ERROR', 'FATAL', 'OFF'];
const boolean = takes('true or false', (value) => typeof value === 'boolean');

const machine = fields('a machine', {
  definition: takes('the name of a file', isText),
  type: takes('STANDARD or EXPRESS', (value) => value === 'STANDARD' || value === 'EXPRESS'),
  role: takes('the ARN of a role', isText),
  tags: texts,
  logging: fields(
    'logging',
    {
      level: takes(LEVELS.join(', '), (value) => LEVELS.includes(value as string)),
      includeExecutionData: boolean,
      logGroup: takes('the ARN of a log group', isText),
    },
    ['level'],
  ),
  tracing: boolean,
  substitutions: texts,
  triggers: takes('a list', Array.isArray),
});

const file = fields('the file', {
  project: takes('a name', (value) => typeof value === 'string' && /^[\w.-]{1,128}$/.test(value)),
  parameters: texts,
  role: takes('the ARN of a role', isText),
  tags: texts,
  machines: (value, path, found) => {
    if (!isMap(value)) return found(path, 'machines takes names and machines');
    for (const [name, entry] of Object.entries(value)) {
      if (!/^[\w.-]{1,80}$/.test(name)) found([...path, name], `'${name}' is no name of a state machine`);
      // `name:` alone is a machine with nothing to say about it.
      if (entry !== null) machine(entry, [...path, name], found);
    }
  },
});

/** Everything wrong with the file. Without findings it is a ProjectFile. */
export function projectProblems(source: Source, value: unknown): Located[] {
  const problems: Located[] = [];
  file(value, [], (path, message) => problems.push(problemAt(source, path, message)));
  return problems;
}
