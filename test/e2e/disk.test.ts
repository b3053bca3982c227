// The server on a disk that is full, and on a state file that it may not write: one clear sentence, nothing lost, nothing
// corrupted, and it goes on by itself when the disk takes writes again. A limit on the size of files stands for the full
// disk: beyond it the system refuses to write, as it does there, and needs nobody's privileges.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, test } from 'vitest';
import { single, task } from '../support/definitions.ts';
import { freePort, type LocalProcess, type ProcessArguments, startProcess } from '../support/local-process.ts';

const KIB_MAX = 2_000;
/** Beyond it writing fails, instead of ending the process; the limit can be taken away from outside. */
const LIMITED = ['bash', '-c', `trap '' XFSZ; ulimit -S -f ${KIB_MAX}; exec "$0" "$@"`];
const INPUT = JSON.stringify({ text: 'x'.repeat(20_000) });
const ROLE = 'arn:aws:iam::123456789012:role/disk';

const roots: string[] = [];
const processes: LocalProcess[] = [];
afterEach(async () => {
  await Promise.all(processes.splice(0).map((each) => each.kill()));
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

async function boot(): Promise<ProcessArguments> {
  const root = mkdtempSync(join(tmpdir(), 'disk-'));
  roots.push(root);
  mkdirSync(join(root, 'functions'));
  return { state: join(root, 'state'), functions: join(root, 'functions'), port: await freePort() };
}

async function start(args: ProcessArguments): Promise<LocalProcess> {
  const server = await startProcess(args);
  processes.push(server);
  return server;
}

async function createMachine(server: LocalProcess): Promise<string> {
  const definition = JSON.stringify({
    StartAt: 'Wait',
    States: { Wait: { Type: 'Wait', Seconds: 1, Next: 'Keep' }, Keep: { Type: 'Pass', End: true } },
  });
  const { stateMachineArn } = await server.api('CreateStateMachine', { name: 'kept', definition, roleArn: ROLE });
  return String(stateMachineArn);
}

/** A call of a function that answers when it is told to; resolves when it has begun. Gives the execution. */
async function call(server: LocalProcess, functions: string): Promise<string> {
  const source = `import { existsSync, writeFileSync } from 'node:fs';
    export const handler = async () => {
      writeFileSync(import.meta.dirname + '/begun', '');
      while (!existsSync(import.meta.dirname + '/go')) await new Promise((go) => setTimeout(go, 20));
      return 'answered';
    };`;
  writeFileSync(join(functions, 'held.mjs'), source);
  const definition = JSON.stringify(single(task('held')));
  const { stateMachineArn } = await server.api('CreateStateMachine', { name: 'called', definition, roleArn: ROLE });
  const { executionArn } = await server.api('StartExecution', { stateMachineArn });
  await expect.poll(() => existsSync(join(functions, 'begun')), { timeout: 30_000 }).toBe(true);
  return String(executionArn);
}

async function statuses(server: LocalProcess, stateMachineArn: string): Promise<Map<string, string>> {
  const { executions } = await server.api('ListExecutions', { stateMachineArn, maxResults: 1_000 });
  const listed = executions as { executionArn: string; status: string }[];
  return new Map(listed.map(({ executionArn, status }) => [executionArn, status]));
}

/** Until the server refuses; gives what it had accepted, and the refusal. */
async function startUntilRefused(server: LocalProcess, stateMachineArn: string) {
  const accepted: string[] = [];
  for (;;) {
    try {
      const { executionArn } = await server.api('StartExecution', { stateMachineArn, input: INPUT });
      accepted.push(String(executionArn));
    } catch (refusal) {
      return { accepted, refusal: refusal as Error & { status: number } };
    }
  }
}

test('a full disk: requests are refused with ServiceUnavailable, nothing accepted is lost, and it goes on', async () => {
  const args = await boot();
  let server = await start({ ...args, under: LIMITED });
  const stateMachineArn = await createMachine(server);
  const called = await call(server, args.functions);
  const { accepted, refusal } = await startUntilRefused(server, stateMachineArn);
  // Its answer comes while nothing can be written.
  writeFileSync(join(args.functions, 'go'), '');
  expect(accepted.length).toBeGreaterThan(0);
  expect(refusal).toMatchObject({
    status: 503,
    name: 'ServiceUnavailable',
    message: expect.stringMatching(/^Cannot write .*state\.db: .*\.$/),
  });
  expect((await statuses(server, stateMachineArn)).size).toBeGreaterThanOrEqual(accepted.length);
  expect(server.lines.filter((line) => line.startsWith('stepwell: Cannot write')).length).toBeGreaterThan(0);
  expect(server.lines.filter((line) => line.startsWith('    at '))).toEqual([]);

  // Space returns: under the process itself, or, where the system cannot do that, with the next one.
  const isSameProcess = spawnSync('prlimit', ['--pid', String(server.pid), '--fsize=unlimited']).status === 0;
  if (!isSameProcess) {
    await server.kill();
    server = await start(args);
  }
  await expect
    .poll(() => server.api('StartExecution', { stateMachineArn, name: 'after' }).catch(String), { timeout: 10_000 })
    .toHaveProperty('executionArn');
  await expect
    .poll(async () => new Set((await statuses(server, stateMachineArn)).values()), { timeout: 30_000 })
    .toEqual(new Set(['SUCCEEDED']));
  await expect
    .poll(async () => (await server.api('DescribeExecution', { executionArn: called })).status, { timeout: 30_000 })
    .not.toBe('RUNNING');
  if (isSameProcess) {
    expect(await server.api('DescribeExecution', { executionArn: called })).toMatchObject({ output: '"answered"' });
    expect(readFileSync(join(args.state, 'functions.log'), 'utf8').trimEnd().split('\n')).toHaveLength(1);
  }
  const ended = await statuses(server, stateMachineArn);
  expect(accepted.filter((executionArn) => !ended.has(executionArn))).toEqual([]);

  await server.kill();
  const database = new DatabaseSync(join(args.state, 'state.db'));
  expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  database.close();
}, 60_000);

/** Root may write everything, unless it gives that up. */
const AS_ANYBODY =
  process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override', '--inh-caps=-dac_override'] : [];

test('a state file or folder that may not be written: one sentence that names it, at once', async () => {
  const args = await boot();
  const server = await start(args);
  await createMachine(server);
  await server.kill();
  const file = join(args.state, 'state.db');
  chmodSync(args.state, 0o555);
  const refused = async (reason: string) =>
    await expect(start({ ...args, under: AS_ANYBODY })).rejects.toThrow(
      new RegExp(`^stepwell: Cannot open ${file}: ${reason}\\. Choose another folder with --state, [^\\n]*\\.$`),
    );
  await refused('its folder is read-only');
  chmodSync(file, 0o444);
  await refused('it is read-only');
  chmodSync(args.state, 0o755);
  chmodSync(file, 0o644);
  const again = await start(args);
  expect((await again.api('ListStateMachines', {})).stateMachines).toHaveLength(1);
});
