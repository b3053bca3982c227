// `node scripts/mutate.ts [name...]`: proof that the simulator can see. Each mutant breaks one invariant of the durable
// engine in a copy of the sources; seeds are played until one fails. A mutant that survives is a blind spot. Prints the
// table that test/simulation/README.md shows.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FOCUSES } from '../test/simulation/workflow.ts';

interface Mutant {
  invariant: string;
  /** What is broken. */
  name: string;
  file: string;
  /** Stands in the file once, or as often as `times` says. */
  find: string;
  times?: number;
  replace: string;
}

const MUTANTS: Mutant[] = [
  {
    invariant: 'D1',
    name: 'a record is put without a condition',
    file: 'core/store/log.ts',
    find: "return await world.table.put(item, { if: 'absent' });",
    replace: 'return await world.table.put(item);',
  },
  {
    invariant: 'D1',
    name: 'a failed condition is not read back',
    file: 'core/drive.ts',
    find: 'return winner?.nonce === record.nonce;',
    replace: 'return winner === undefined;',
  },
  {
    invariant: 'D1',
    name: 'a result is not applied again after losing',
    file: 'core/drive.ts',
    find: 'await this.#pause(attempt);\n      await this.#patiently(() => this.known.reload(), isAnswerInHand);',
    replace: 'arrivals.splice(0);\n      await this.#patiently(() => this.known.reload(), isAnswerInHand);',
  },
  {
    invariant: 'D2',
    name: 'dispatched before it is committed',
    file: 'core/drive.ts',
    find: 'const record = this.#recordOf(step, arrivals);',
    replace:
      'const record = this.#recordOf(step, arrivals);\n      await dispatch(this.#world, step.state, record.seq, await this.#sort(step.commands, transitions, arrivals));',
  },
  {
    invariant: 'D3',
    name: 'what a message still owes is not looked up',
    file: 'core/drive.ts',
    find: 'if (this.#checked.has(message)) return;',
    replace: 'if (message.id !== undefined) return;',
  },
  {
    invariant: 'D3',
    name: 'records do not name their messages as causes',
    file: 'core/drive.ts',
    find: 'causes: this.#causes,',
    replace: 'causes: [],',
  },
  {
    invariant: 'D3',
    name: 'a message that takes the place of another has an id of its own',
    file: 'core/driver/dispatch.ts',
    find: 'heir ?? world.newId()',
    replace: 'world.newId()',
  },
  {
    invariant: 'D3',
    name: 'a lost race is not looked at again',
    file: 'core/drive.ts',
    find: '=> this.mailbox.push({ activation, transitions: 0, message });',
    replace: '=> this.mailbox.push({ activation, transitions: 0 });',
  },
  {
    invariant: 'D3',
    name: 'a wait is known by its frame alone',
    file: 'core/engine/step.ts',
    find: 'return frame.wait?.since === since ? frame : undefined;',
    replace: 'return frame.wait === undefined ? undefined : frame;',
  },
  {
    invariant: 'D4',
    name: 'the call is made before its claim is stored',
    file: 'core/drive.ts',
    find: 'const record = this.#recordOf(step, arrivals);',
    replace: 'const record = this.#recordOf(step, arrivals);\n      this.#startClaimed(step, transitions);',
  },
  {
    invariant: 'D4',
    name: 'a call that is claimed can be claimed again',
    file: 'core/engine/advance.ts',
    find: "if (open?.kind !== 'task' || open.claim?.by !== activation.lost || open.submittedAt !== undefined) return false;",
    replace: "if (open?.kind !== 'task' || open.submittedAt !== undefined) return false;",
  },
  {
    invariant: 'D4',
    name: 'a worker is given up before its `until`',
    file: 'core/driver/claims.ts',
    find: 'if (working === undefined) return until + LOST_AFTER_MS;',
    replace: 'if (working === undefined) return LOST_AFTER_MS;',
  },
  {
    invariant: 'D4',
    name: 'a message about a claimed call is deleted',
    file: 'core/drive.ts',
    find: 'this.#postpone(message, over);',
    replace: '',
  },
  {
    invariant: 'D4',
    name: 'a call is forgotten when its frame is not at hand',
    file: 'core/drive.ts',
    find: 'this.#calls.keepOnly((wait) => mayBeOpen(this.known.state, wait));',
    replace: 'this.#calls.keepOnly((wait) => openWait(this.known.state, wait) !== undefined);',
  },
  {
    invariant: 'D5',
    name: 'StopExecution answers before it has committed',
    file: 'core/driver/executions.ts',
    find: 'const stop = { ...reason, redriveCount: standing.redriveCount };',
    replace: "return { ...standing, status: 'ABORTED' };",
  },
  {
    invariant: 'D5',
    name: 'stops, redrives and answers have no insurance',
    file: 'core/driver/desk.ts',
    find: '[...hopeful].map(({ message }) => ({ message: { ...message, since }',
    replace: '[...new Set<Visitor>()].map(({ message }) => ({ message: { ...message, since }',
  },
  {
    invariant: 'D5',
    name: 'the poll of an activity has no insurance',
    file: 'core/driver/desk.ts',
    find: '[...hopeful].map(({ message }) => ({ message: { ...message, since }',
    replace:
      "[...hopeful].filter(({ message }) => message.kind !== 'taken').map(({ message }) => ({ message: { ...message, since }",
  },
  {
    invariant: 'D5',
    name: 'the name is taken before the message is sent',
    file: 'core/driver/executions.ts',
    find: "  await send(world, [{ message, queue: 'advance' }]);\n  const holder = await takeName(world, creation);",
    replace: "  const holder = await takeName(world, creation);\n  await send(world, [{ message, queue: 'advance' }]);",
  },
  {
    invariant: 'D5',
    name: 'only the API takes a name, whoever receives the start does not',
    file: 'core/drive.ts',
    find: 'await holdName(world, start.creation)',
    replace: 'await readCreation(world, start.executionArn)',
  },
  {
    invariant: 'D6',
    name: 'activations are folded in reverse',
    file: 'core/engine/advance.ts',
    find: 'for (const activation of activations) {',
    replace: 'for (const activation of activations.toReversed()) {',
  },
  {
    invariant: 'D7',
    name: 'a timer that came early is not set again',
    file: 'core/engine/advance.ts',
    find: "step.commands.push({ kind: 'StartTimer', wait: name, at: open.until });",
    replace: 'step.set(frame);',
  },
  {
    invariant: 'D7',
    name: 'a message goes on with a turn that another one has',
    file: 'core/store/turns.ts',
    find: 'return known === turn.turn && newest.by === turn.by ? newest : undefined;',
    replace: 'return turn;',
  },
  {
    invariant: 'D7',
    name: 'each delivery of a timer decides anew',
    file: 'core/store/turns.ts',
    find: 'newest.by === turn.by ? newest : undefined;',
    replace: 'newest.by === turn.by ? turn : undefined;',
  },
  {
    invariant: 'D7',
    name: 'the sweep deletes a message before it has sent it',
    file: 'infra/aws/later.ts',
    find: 'const items = await table.query({ pk, to: sortKey(until + 1), limit: RELEASE_MESSAGES });',
    replace:
      'const items = await table.query({ pk, to: sortKey(until + 1), limit: RELEASE_MESSAGES });\n      await Promise.all(items.map((item) => table.delete(item)));',
  },
  {
    invariant: 'D8',
    name: 'a message is taken off the shelf before it is in the queue',
    file: 'core/store/stalled.ts',
    find: '  await world.queue.send([{ queue, body }]);\n  await discard(world, key);',
    replace: '  await discard(world, key);\n  await world.queue.send([{ queue, body }]);',
  },
  {
    invariant: 'D8',
    name: 'the audit does not see what has not begun',
    file: 'core/doctor/examination.ts',
    find: 'if (startDate >= before) return undefined;',
    replace: 'if (startDate > 0) return undefined;',
  },
  {
    invariant: 'D8',
    name: 'the audit leaves the call of a lost worker alone',
    file: 'core/doctor/overdue.ts',
    find: 'if (since >= (wait.claim === undefined ? sentBefore : before)) return;',
    replace: 'if (since >= before || wait.claim !== undefined) return;',
  },
  {
    invariant: 'D8',
    name: 'the audit begins no line of polls again',
    file: 'core/doctor/overdue.ts',
    find: 'late.owed.polls.push(name);',
    replace: '',
  },
  {
    invariant: 'machines',
    name: 'a deleted machine is there still to clocks that are behind',
    file: 'core/store/machines.ts',
    find: 'const expired = nowSeconds(world) - DAY_SECONDS;',
    replace: 'const expired = nowSeconds(world) - 1;',
  },
  {
    invariant: 'D8',
    name: 'a message that met trouble is deleted',
    file: 'handlers/advance.ts',
    find: 'returned.push(...deliveries.map(({ record }) => record.messageId));',
    replace: '',
  },
  {
    invariant: 'nested',
    name: 'a child that begins does not look for its parent',
    file: 'core/drive.ts',
    find: '(await closedWait(this.#world, this.known.state)) !== undefined',
    replace: 'false',
  },
  {
    invariant: 'caches',
    name: 'a definition is known by its machine alone',
    file: 'core/store/definitions.ts',
    find: 'const cached = cache.get(key);',
    replace: 'const cached = [...cache].find(([known]) => known.startsWith(creation.machineArn))?.[1];',
  },
  {
    invariant: 'caches',
    name: 'those who come while the desk is busy are not served',
    file: 'core/driver/desk.ts',
    find: '  while (waiting.length > 0) {',
    replace: '  if (waiting.length > 0) {',
  },
  {
    invariant: 'lists',
    name: 'a late announcement wins',
    file: 'core/store/names.ts',
    find: "{ if: 'equals', attribute: 'change', value: shown }",
    replace: "{ if: 'exists' }",
  },
];

const ROOT = join(import.meta.dirname, '..');
const SEEDS = '1..1000';
const FOLDERS = ['core', 'handlers', 'infra', 'test/simulation', 'test/support', 'package.json'];

const wanted = process.argv.slice(2);
const chosen = MUTANTS.filter(({ name }) => wanted.length === 0 || wanted.some((each) => name.includes(each)));
let survivors = 0;
console.log('| Invariant | Mutant | Seed | How |\n|---|---|---|---|');
for (const mutant of chosen) {
  const copy = mkdtempSync(join(tmpdir(), 'mutant-'));
  for (const folder of FOLDERS) cpSync(join(ROOT, folder), join(copy, folder), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const { seed, how } = verdictOn(mutant, copy);
  console.log(`| ${mutant.invariant} | ${mutant.name} | ${seed} | ${how} |`);
  rmSync(copy, { recursive: true });
}
console.log(`${chosen.length - survivors} of ${chosen.length} mutants were caught within the seeds ${SEEDS}.`);
process.exitCode = survivors > 0 ? 1 : 0;

/** The first seed that fails, and what it says. */
function verdictOn({ file, find, times = 1, replace }: Mutant, copy: string): { seed: string; how: string } {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  const found = text.split(find).length - 1;
  if (found !== times) throw new Error(`${file} holds ${found} times what this mutant replaces:\n${find}`);
  writeFileSync(
    path,
    text.replaceAll(find, () => replace),
  );
  for (const focus of FOCUSES) {
    const play = ['--seeds', SEEDS, '--focus', focus, '--failures', '1', '--whole', '--jobs', '1'];
    const { stdout } = spawnSync(process.execPath, ['test/simulation/main.ts', ...play], {
      cwd: copy,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    const killer = /^SEED (\d+): (.{0,110})/m.exec(stdout);
    const named = focus === 'all' ? '' : `${focus} `;
    if (killer !== null) return { seed: `${named}${killer[1]}`, how: inWords(killer[2] ?? '') };
  }
  survivors++;
  return { seed: '', how: 'SURVIVED' };
}

/** What a violation says, without the ids of this one run. */
function inWords(violation: string): string {
  return violation.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'a run').replaceAll('|', '/');
}
