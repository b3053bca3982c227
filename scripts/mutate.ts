// `node scripts/mutate.ts [name...]`: proof that the simulator can see. Each mutant breaks one invariant of the durable
// engine in a copy of the sources; seeds are played until one fails. A mutant that survives is a blind spot.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

interface Mutant {
  name: string;
  file: string;
  find: string;
  replace: string;
}

const MUTANTS: Mutant[] = [
  {
    name: 'D1: a record is put without a condition',
    file: 'core/log.ts',
    find: "return await world.table.put(item, { if: 'absent' });",
    replace: 'return await world.table.put(item);',
  },
  {
    name: 'D1: a failed condition is not read back',
    file: 'core/drive.ts',
    find: 'return winner?.nonce === record.nonce;',
    replace: 'return winner === undefined;',
  },
  {
    name: 'D2: dispatched before it is committed',
    file: 'core/drive.ts',
    find: 'const record = this.#recordOf(step);',
    replace:
      'const record = this.#recordOf(step);\n      await dispatch(this.#world, step.state, record.seq, await this.#sort(step.commands, turn));',
  },
  {
    name: 'D3: what a message still owes is not looked up',
    file: 'core/drive.ts',
    find: 'if (this.#checked.has(message.id)) return;',
    replace: 'if (message.id !== undefined) return;',
  },
  {
    name: 'D3: a lost race is not looked at again',
    file: 'core/drive.ts',
    find: 'outcome: lostWorker(call) }, turn: 0, message });',
    replace: 'outcome: lostWorker(call) }, turn: 0 });',
  },
  {
    name: 'D4: the call is made before its claim is stored',
    file: 'core/drive.ts',
    find: 'const record = this.#recordOf(step);',
    replace: 'const record = this.#recordOf(step);\n      this.#startClaimed(step, turn);',
  },
  {
    name: 'D4: a message about a claimed call is deleted',
    file: 'core/drive.ts',
    find: 'if (at < lostAt) this.#postpone(message, lostAt);',
    replace: 'if (at < lostAt) return;',
  },
  {
    name: 'D4: a call is forgotten when its frame is not at hand',
    file: 'core/drive.ts',
    find: 'this.#calls.keepOnly((wait) => mayBeOpen(this.state, wait));',
    replace: 'this.#calls.keepOnly((wait) => openWait(this.state, wait) !== undefined);',
  },
  {
    name: 'D5: StopExecution answers before it has committed',
    file: 'core/executions.ts',
    find: "const { state } = await act(world, creation, message, { kind: 'StopRequested', at: now, ...request });",
    replace: "return { ...standing, status: 'ABORTED' };",
  },
  {
    name: 'D5: the name is taken before the message is sent',
    file: 'core/executions.ts',
    find: "  await send(world, [{ message, queue: 'advance' }]);\n  const holder = await takeName(world, creation);",
    replace: "  const holder = await takeName(world, creation);\n  await send(world, [{ message, queue: 'advance' }]);",
  },
  {
    name: 'D6: activations are folded in reverse',
    file: 'core/engine/advance.ts',
    find: 'for (const activation of activations) {',
    replace: 'for (const activation of activations.toReversed()) {',
  },
  {
    name: 'D7: a timer that came early is not set again',
    file: 'core/engine/advance.ts',
    find: "step.commands.push({ kind: 'StartTimer', wait: name, at: open.until });",
    replace: 'step.set(frame);',
  },
  {
    name: 'lists: a late announcement wins',
    file: 'core/names.ts',
    find: "{ if: 'equals', attribute: 'change', value: shown }",
    replace: "{ if: 'exists' }",
  },
];

const ROOT = join(import.meta.dirname, '..');
const SEEDS = '1..1300';
const FOLDERS = ['core', 'handlers', 'infra', 'test/simulation', 'test/support', 'package.json'];

const wanted = process.argv.slice(2);
let survivors = 0;
for (const mutant of MUTANTS.filter(({ name }) => wanted.length === 0 || wanted.some((each) => name.includes(each)))) {
  const copy = mkdtempSync(join(tmpdir(), 'mutant-'));
  for (const folder of FOLDERS) cpSync(join(ROOT, folder), join(copy, folder), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  console.log(`${mutant.name}: ${verdictOn(mutant, copy)}`);
  rmSync(copy, { recursive: true });
}
process.exitCode = survivors > 0 ? 1 : 0;

function verdictOn({ file, find, replace }: Mutant, copy: string): string {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  if (text.split(find).length !== 2) return `${dirname(file)}: the text to replace is not there exactly once`;
  writeFileSync(
    path,
    text.replace(find, () => replace),
  );
  const { stdout } = spawnSync(process.execPath, ['test/simulation/main.ts', '--seeds', SEEDS, '--failures', '1'], {
    cwd: copy,
    encoding: 'utf8',
  });
  const killer = /^SEED (\d+): (.{0,90})/m.exec(stdout);
  if (killer !== null) return `killed by seed ${killer[1]} (${killer[2]})`;
  survivors++;
  return 'SURVIVED';
}
