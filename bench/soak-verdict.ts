// What the soak finds out at its end: whether everything that was accepted is there and ended as it must, whether
// functions were started as often as that takes, and whether nothing is stuck. Each problem is a sentence.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchServer } from './server.ts';
import { SHAPES, type SoakShape } from './soak-shapes.ts';

/** Executions of a kind of problem that are shown, of all that have it. */
const SHOWN = 3;

interface Listed {
  executionArn: string;
  status: string;
}

/** `accepted`: ARNs that StartExecution has given, by shape. */
export async function problemsOf(
  server: BenchServer,
  arns: ReadonlyMap<string, string>,
  accepted: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<string[]> {
  const problems: string[] = [];
  for (const shape of SHAPES) {
    if (shape.type === 'EXPRESS') continue;
    const listed = await listAll(server, arns.get(shape.name)!);
    problems.push(...(await otherwise(server, shape, listed)), ...counted(shape, listed, accepted));
  }
  problems.push(...starts(server.directory, accepted));
  const { findings } = await server.call('Stepwell.Diagnose', {});
  for (const finding of findings as object[]) problems.push(`the doctor says: ${JSON.stringify(finding)}`);
  return problems;
}

/** Those that have another end than they must, with what they died of. */
async function otherwise(server: BenchServer, { name, ends }: SoakShape, listed: Listed[]): Promise<string[]> {
  const wrong = listed.filter(({ status }) => status !== ends);
  if (wrong.length === 0) return [];
  const told = wrong.slice(0, SHOWN).map(async ({ executionArn }) => {
    const { status, error, cause } = await server.call('DescribeExecution', { executionArn });
    return `${executionArn} ${status} ${error ?? ''} ${String(cause ?? '').slice(0, 300)}`;
  });
  return [`${wrong.length} ${name} are not ${ends}, such as`, ...(await Promise.all(told))];
}

/** Nothing that was accepted is missing, and nothing is there that nobody asked for. */
function counted({ name }: SoakShape, listed: Listed[], accepted: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  if (name === 'children') {
    const parents = accepted.get('parents')?.size ?? 0;
    return listed.length === parents ? [] : [`${parents} parents have ${listed.length} children`];
  }
  const there = new Set(listed.map(({ executionArn }) => executionArn));
  const mine = accepted.get(name) ?? new Set();
  const missing = [...mine].filter((executionArn) => !there.has(executionArn));
  const lost =
    missing.length === 0 ? [] : [`${missing.length} ${name} are missing, such as ${missing.slice(0, SHOWN)}`];
  return there.size - (mine.size - missing.length) === 0
    ? lost
    : [...lost, `${there.size} ${name} are there, ${mine.size} were accepted`];
}

/** The server's journal has a line for each start of a function, written before it began. */
function starts(directory: string, accepted: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const lines = readFileSync(join(directory, 'functions.log'), 'utf8').trimEnd().split('\n');
  const journal = Map.groupBy(lines, (line) => line.split(' ')[1] ?? '');
  const expected = new Map<string, number>();
  for (const { name, calls = {} } of SHAPES)
    for (const [called, times] of Object.entries(calls))
      expected.set(called, (expected.get(called) ?? 0) + times * (accepted.get(name)?.size ?? 0));
  return [...expected].flatMap(([name, times]) => {
    const found = journal.get(name)?.length ?? 0;
    return found === times ? [] : [`the function ${name} was started ${found} times instead of ${times}`];
  });
}

async function listAll(server: BenchServer, stateMachineArn: string): Promise<Listed[]> {
  const found: Listed[] = [];
  for (let nextToken: unknown; ; ) {
    const page = await server.call('ListExecutions', { stateMachineArn, maxResults: 1_000, nextToken });
    found.push(...(page.executions as Listed[]));
    nextToken = page.nextToken;
    if (nextToken === undefined) return found;
  }
}
