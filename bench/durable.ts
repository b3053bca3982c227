// Durable task transitions per second on a real SQLite file, with functions that cost nothing: each is one record that
// reached the disk. Beside it what bare SQLite commits on this disk, one row each and fifty rows each.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { payloadOf, tasks } from './definitions.ts';
import { openEngine } from './embedded-engine.ts';
import { type Figure, timed } from './figure.ts';
import { number } from './table.ts';

const TASKS = 20;
const EXECUTIONS = 1_000;
/** Rows of one commit in the comparison. */
const GROUP = 50;

export async function durable(): Promise<Figure[]> {
  const one = bareCommits(1_000, 1);
  const many = bareCommits(300, GROUP);
  return [
    {
      what: `durable task transitions, ${EXECUTIONS} executions at once`,
      value: await transitionsPerSecond(),
      unit: '/s',
      beside: `bare SQLite: ${number(one)} commits/s of one row, ${number(many)} rows/s by ${GROUP}`,
    },
  ];
}

async function transitionsPerSecond(): Promise<number> {
  const answer = JSON.stringify(payloadOf(300));
  let toCome = 0;
  let over = Promise.withResolvers<void>();
  const engine = await openEngine(async () => {
    if (--toCome === 0) over.resolve();
    return answer;
  });
  const stateMachineArn = await engine.createMachine(tasks(TASKS));
  async function run(executions: number): Promise<void> {
    toCome = executions * TASKS;
    over = Promise.withResolvers();
    const start = () => engine.call('StartExecution', { stateMachineArn, input: answer });
    await Promise.all(Array.from({ length: executions }, start));
    await over.promise;
  }
  await run(EXECUTIONS / 4);
  const ms = await timed(() => run(EXECUTIONS));
  await engine.close();
  return (EXECUTIONS * TASKS * 1_000) / ms;
}

/** Rows per second, so many to a commit, with the durability that the engine asks for. */
function bareCommits(commits: number, rows: number): number {
  const directory = mkdtempSync(join(tmpdir(), 'stepwell-bench-'));
  const database = new DatabaseSync(join(directory, 'bare.db'));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rows (body BLOB)');
  const insert = database.prepare('INSERT INTO rows VALUES (?)');
  const body = Buffer.from(JSON.stringify(payloadOf(1_000)));
  const start = performance.now();
  for (let commit = 0; commit < commits; commit++) {
    database.exec('BEGIN');
    for (let row = 0; row < rows; row++) insert.run(body);
    database.exec('COMMIT');
  }
  const seconds = (performance.now() - start) / 1_000;
  database.close();
  rmSync(directory, { recursive: true });
  return (commits * rows) / seconds;
}
