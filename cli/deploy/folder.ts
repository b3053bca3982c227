// A project's folder: `stepwell.yaml` and the definitions beside it, or definitions alone. Everything is read, filled in
// and checked before anything is deployed.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UsageError } from '../arguments.ts';
import { whyUnread } from '../input.ts';
import { findingsOf } from '../lint.ts';
import { readSource, type Source } from '../lint-source.ts';
import type { Deployment } from './deployment.ts';
import { type Located, problemAt } from './findings.ts';
import { type MachineEntry, type ProjectFile, projectProblems } from './project.ts';
import { substituteAll, substituteInJson, type Values } from './substitute.ts';
import { type NamedTrigger, readTriggers } from './triggers.ts';

/** A machine as it shall be. */
export interface Desired {
  name: string;
  /** For people: the definition's file. */
  file: string;
  definition: string;
  type: 'STANDARD' | 'EXPRESS';
  roleArn: string;
  logging: { level: string; includeExecutionData: boolean; logGroupArn?: string };
  tracing: boolean;
  tags: Record<string, string>;
  triggers: NamedTrigger[];
}

export interface Project {
  name: string;
  machines: Desired[];
  /** With any of these nothing may be deployed. */
  problems: Located[];
}

const PROJECT_FILES = ['stepwell.yaml', 'stepwell.yml', 'stepwell.json'];
const DEFINITION_ENDS = ['.asl.json', '.asl.yaml', '.asl.yml'];
/** The name of the role of machines that name none: one of AWS's must exist, one of ours need not. */
const DEFAULT_ROLE = 'stepwell';

export interface ReadOptions {
  /** Values that win over those of the file. */
  params: Values;
  /** Undefined for Step Functions itself. */
  deployment: Deployment | undefined;
}

/** Throws UsageError where there is nothing to read. */
export function readProject(folder: string, { params, deployment }: ReadOptions): Project {
  const name = PROJECT_FILES.find((file) => existsSync(join(folder, file)));
  if (name === undefined) return readDefinitionsAlone(folder, { params, deployment });
  const source = readFile(join(folder, name));
  if (source.json === undefined) return { name: '', machines: [], problems: [unreadable(source)] };
  const written = parse(source);
  if (written === undefined) return { name: '', machines: [], problems: [problemAt(source, [], 'This is no JSON')] };
  const problems = projectProblems(source, written);
  if (problems.length > 0) return { name: '', machines: [], problems };
  return readMachines(folder, source, written as ProjectFile, { params, deployment });
}

/** Every `<name>.asl.json` is a machine. */
function readDefinitionsAlone(folder: string, options: ReadOptions): Project {
  const machines = listFolder(folder).flatMap((file) => {
    const end = DEFINITION_ENDS.find((each) => file.endsWith(each));
    return end === undefined ? [] : [[file.slice(0, -end.length), { definition: file }] as const];
  });
  if (machines.length === 0)
    throw new UsageError(`${folder} holds neither stepwell.yaml nor a definition (*.asl.json, *.asl.yaml).`);
  const source = readSource(folder, '');
  return readMachines(folder, source, { machines: Object.fromEntries(machines) }, options);
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    throw new UsageError(whyUnread('folder', folder, error));
  }
}

function readMachines(folder: string, source: Source, file: ProjectFile, options: ReadOptions): Project {
  const problems: Located[] = [];
  const shared = { ...builtIn(options.deployment), ...asTexts(file.parameters), ...options.params };
  const common = substituteAll({ role: file.role, tags: file.tags }, shared, (missing, at) =>
    problems.push(problemAt(source, at, noValue(missing))),
  );
  const name = file.project ?? basename(resolve(folder)).replaceAll(/[^\w.-]+/g, '-');
  const machines = Object.entries(file.machines ?? {}).flatMap(([machine, entry]) => {
    const path = ['machines', machine];
    const values = { ...shared, ...asTexts(entry?.substitutions), ...options.params };
    const found = (at: (string | number)[], message: string) =>
      problems.push(problemAt(source, [...path, ...at], message));
    const filled = substituteAll({ ...entry }, values, (missing, at) => found(at, noValue(missing)));
    const definition = readDefinition(folder, machine, filled, values, { found, problems });
    if (definition === undefined) return [];
    const roleArn = filled.role ?? common.role ?? defaultRole(options.deployment);
    if (roleArn === undefined) found([], 'Step Functions itself needs a role for every machine');
    const triggers = readTriggers(filled.triggers ?? [], options.deployment, (at, message) =>
      found(['triggers', ...at], message),
    );
    if (triggers.length > 0 && options.deployment === undefined)
      found(['triggers'], 'Step Functions itself has no triggers; a deployment of Stepwell has');
    return [
      {
        ...definition,
        name: machine,
        type: filled.type ?? 'STANDARD',
        roleArn: roleArn ?? '',
        logging: loggingOf(filled),
        tracing: filled.tracing ?? false,
        tags: { ...asTexts(common.tags), ...asTexts(filled.tags) },
        triggers,
      } satisfies Desired,
    ];
  });
  return { name, machines, problems };
}

function builtIn(deployment: Deployment | undefined): Values {
  if (deployment === undefined) return {};
  const { account, region, partition } = deployment;
  return { 'AWS::AccountId': account, 'AWS::Region': region, 'AWS::Partition': partition };
}

function defaultRole(deployment: Deployment | undefined): string | undefined {
  return deployment && `arn:${deployment.partition}:iam::${deployment.account}:role/${DEFAULT_ROLE}`;
}

function noValue(name: string): string {
  return `There is no value for \${${name}}: name it under parameters or with --param ${name}=…, or write \${!${name}}`;
}

function asTexts(values: Record<string, unknown> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

/** AWS wants the ARN of a log group with `:*` behind it. */
function loggingOf({ logging }: MachineEntry): Desired['logging'] {
  const { level = 'OFF', includeExecutionData = false, logGroup } = logging ?? {};
  const logGroupArn = logGroup && (logGroup.endsWith(':*') ? logGroup : `${logGroup}:*`);
  return { level, includeExecutionData, ...(logGroupArn && { logGroupArn }) };
}

interface Problems {
  found(path: (string | number)[], message: string): void;
  problems: Located[];
}

function readDefinition(
  folder: string,
  machine: string,
  { definition, type = 'STANDARD' }: MachineEntry,
  values: Values,
  { found, problems }: Problems,
): Pick<Desired, 'file' | 'definition'> | undefined {
  const file = definition ?? DEFINITION_ENDS.map((end) => machine + end).find((each) => existsSync(join(folder, each)));
  if (file === undefined || !existsSync(join(folder, file))) {
    found(
      definition === undefined ? [] : ['definition'],
      `There is no file ${file ?? `${machine}.asl.json or .asl.yaml`}`,
    );
    return undefined;
  }
  const source = readFile(join(folder, file));
  if (source.json === undefined) {
    problems.push(unreadable(source));
    return undefined;
  }
  const { text, missing } = substituteInJson(source.json, values);
  for (const name of new Set(missing)) problems.push(missingIn(source, name));
  const checked = { ...source, json: text };
  const errors = missing.length > 0 ? [] : findingsOf(checked, type).filter(({ severity }) => severity === 'error');
  problems.push(...errors.map((finding) => ({ finding, source })));
  return { file, definition: text };
}

function missingIn(source: Source, name: string): Located {
  const placeholder = `\${${name}}`;
  const { line, col } = source.lines.linePos(Math.max(source.text.indexOf(placeholder), 0));
  const position = { line: Math.max(line, 1), column: Math.max(col, 1), length: placeholder.length };
  return {
    source,
    finding: { file: source.file, ...position, severity: 'error', code: 'DEPLOY', message: noValue(name) },
  };
}

function readFile(path: string): Source {
  return readSource(path, readFileSync(path, 'utf8'));
}

function parse(source: Source): unknown {
  try {
    return JSON.parse(source.json!);
  } catch {
    return undefined;
  }
}

function unreadable(source: Source): Located {
  const [finding] = findingsOf(source, 'STANDARD');
  return { finding: finding!, source };
}
