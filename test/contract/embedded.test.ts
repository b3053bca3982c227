// The contract on the embedded adapters, in a file and in memory, and what only they promise: what was acknowledged
// survives, one process owns the file, waiting costs no polling, trouble of the disk is told clearly.

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openEmbedded } from '../../infra/embedded/index.ts';
import { virtualClock } from '../../infra/memory/clock.ts';
import { payloadsContract } from './payloads-contract.ts';
import { CONTRACT_MAX_RECEIVE_COUNT, queueContract } from './queue-contract.ts';
import { tableContract } from './table-contract.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const root = mkdtempSync(join(tmpdir(), 'stepwell-contract-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
/** For scripts in a process of their own. */
const adapters = new URL('../../infra/embedded/index.ts', import.meta.url).href;
const newDirectory = () => mkdtempSync(join(root, 'state-'));

for (const [name, place] of [
  ['embedded, in a file', newDirectory],
  ['embedded, in memory', () => undefined],
] as const) {
  tableContract(name, () => openEmbedded({ directory: place(), clock: virtualClock(START) }));
  payloadsContract(name, () => openEmbedded({ directory: place(), clock: virtualClock(START) }));
  queueContract(name, () => {
    const clock = virtualClock(START);
    const { queue, close } = openEmbedded({ directory: place(), clock, maxReceiveCount: CONTRACT_MAX_RECEIVE_COUNT });
    return {
      queue,
      clock,
      idle: () => clock.advanceTo(clock.now() + 1_000),
      jump: (ms) => clock.advanceTo(clock.now() + ms),
      deadLetters: async () => (await queue.deadLetters()).map(({ body }) => body),
      close,
    };
  });
}

describe('a second boot', () => {
  test('finds what the first was told is stored', async () => {
    const directory = newDirectory();
    const clock = virtualClock(START);
    const first = openEmbedded({ directory, clock });
    await first.table.put({ pk: 'a', sk: '0', body: Uint8Array.of(1, 2) });
    await first.payloads.put('k', Uint8Array.of(3));
    await first.queue.send([{ queue: 'advance', body: 'x' }]);
    first.close();

    const second = openEmbedded({ directory, clock });
    expect(await second.table.get({ pk: 'a', sk: '0' })).toEqual({ pk: 'a', sk: '0', body: Uint8Array.of(1, 2) });
    expect(await second.payloads.get('k')).toEqual(Uint8Array.of(3));
    expect(await second.queue.receive('advance', 1, 30)).toMatchObject([{ body: 'x', receiveCount: 1 }]);
    expect(second.bootId).not.toBe(first.bootId);
    second.close();
  });

  test('finds what was acknowledged before the process was killed', async () => {
    const directory = newDirectory();
    const script = `
      import { openEmbedded } from '${adapters}';
      const { table } = openEmbedded({ directory: ${JSON.stringify(directory)}, clock: { now: () => 0 } });
      for (let number = 0; ; number += 1) {
        await table.put({ pk: 'a', sk: String(number).padStart(6, '0') }, { if: 'absent' });
        console.log(number);
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    let acknowledged = -1;
    for await (const lines of child.stdout) {
      acknowledged = Number(String(lines).trim().split('\n').at(-1));
      if (acknowledged >= 20) child.kill('SIGKILL');
    }
    const { table, close } = openEmbedded({ directory, clock: virtualClock(START) });
    expect((await table.query({ pk: 'a' })).length).toBeGreaterThan(acknowledged);
    close();
  });

  test('sees all messages in flight again at once, and those for later at their time', async () => {
    const directory = newDirectory();
    const clock = virtualClock(START);
    const first = openEmbedded({ directory, clock });
    await first.queue.send([
      { queue: 'advance', body: 'in flight' },
      { queue: 'advance', body: 'later', at: START + 60_000 },
    ]);
    await first.queue.receive('advance', 10, 900);
    first.close();

    const second = openEmbedded({ directory, clock });
    const received = await second.queue.receive('advance', 10, 900);
    expect(received).toMatchObject([{ body: 'in flight', receiveCount: 1 }]);
    clock.advanceTo(START + 60_000);
    expect(await second.queue.receive('advance', 10, 900)).toMatchObject([{ body: 'later', receiveCount: 1 }]);
    second.close();
  });

  test('does not hold it against a message that the process ended while it was held', async () => {
    const directory = newDirectory();
    const clock = virtualClock(START);
    for (let boot = 0; boot < 50; boot += 1) {
      const { queue, close } = openEmbedded({ directory, clock });
      if (boot === 0) await queue.send([{ queue: 'advance', body: 'x' }]);
      expect(await queue.receive('advance', 1, 900)).toMatchObject([{ body: 'x', receiveCount: 1 }]);
      close();
    }
  });

  test('never gives the id of a deleted message to another', async () => {
    const directory = newDirectory();
    const clock = virtualClock(START);
    const ids = new Set<string>();
    for (let boot = 0; boot < 3; boot += 1) {
      const { queue, close } = openEmbedded({ directory, clock });
      await queue.send([{ queue: 'advance', body: 'x' }]);
      const [message] = await queue.receive('advance', 1, 30);
      ids.add(message!.id);
      await queue.delete('advance', message!.receipt);
      close();
    }
    expect(ids.size).toBe(3);
  });
});

describe('a commit', () => {
  test('is shared by all writes of one turn, in the order they were issued', async () => {
    const { table, queue, close } = openEmbedded({ clock: virtualClock(START) });
    const key = { pk: 'a', sk: '0' };
    const done = await Promise.all([
      table.put({ ...key, v: 1 }, { if: 'absent' }),
      table.update(key, { v: 2 }, { if: 'equals', attribute: 'v', value: 1 }),
      queue.send([{ queue: 'advance', body: 'x' }]),
      queue.receive('advance', 1, 30),
    ]);
    expect(done).toMatchObject([true, true, undefined, [{ body: 'x' }]]);
    expect(await table.get(key)).toEqual({ ...key, v: 2 });
    close();
  });

  test('pending at close is made before the file is let go; afterwards every use is refused', async () => {
    const directory = newDirectory();
    const clock = virtualClock(START);
    const { table, file, close } = openEmbedded({ directory, clock });
    const pending = table.put({ pk: 'a', sk: '0' });
    close();
    expect(await pending).toBe(true);
    await expect(table.put({ pk: 'b', sk: '0' })).rejects.toThrow(`${file} is closed.`);
    await expect(table.get({ pk: 'b', sk: '0' })).rejects.toThrow(`${file} is closed.`);
    close();
    const second = openEmbedded({ directory, clock });
    expect(await second.table.get({ pk: 'a', sk: '0' })).toEqual({ pk: 'a', sk: '0' });
    second.close();
  });
});

describe('a poller', () => {
  const clock = { now: () => Date.now() };

  test('is woken by a message that is there, that is sent, that becomes visible, that is postponed', async () => {
    const { queue, close } = openEmbedded({ clock });
    const { signal } = new AbortController();
    const wake = () => queue.whenVisible('advance', signal);

    const beforeTheSend = wake();
    await queue.send([{ queue: 'advance', body: 'sent' }]);
    await beforeTheSend;
    await wake();
    const [sent] = await queue.receive('advance', 1, 600);

    const untilPostponed = wake();
    await queue.postpone('advance', sent!.receipt, 0);
    await untilPostponed;
    await queue.delete('advance', (await queue.receive('advance', 1, 600))[0]!.receipt);

    await queue.send([{ queue: 'advance', body: 'later', at: clock.now() + 30 }]);
    await wake();
    expect(await queue.receive('advance', 1, 600)).toMatchObject([{ body: 'later' }]);
    close();
  });

  test('is let go when its signal aborts, before or while it waits', async () => {
    const { queue, close } = openEmbedded({ clock });
    const controller = new AbortController();
    const waiting = queue.whenVisible('call', controller.signal);
    controller.abort();
    await waiting;
    await queue.whenVisible('call', controller.signal);
    close();
  });

  test('is let go when the file is closed', async () => {
    const { queue, close } = openEmbedded({ clock });
    await queue.send([{ queue: 'call', body: 'x', at: clock.now() + 60_000 }]);
    const waiting = queue.whenVisible('call', new AbortController().signal);
    close();
    await waiting;
  });
});

test('a purge removes what has expired, in as many transactions as it takes, and nothing else', async () => {
  const { table, close } = openEmbedded({ clock: virtualClock(START) });
  const numbers = Array.from({ length: 12_000 }, (_, number) => number);
  await Promise.all(
    numbers.map((number) =>
      table.put({ pk: 'a', sk: String(number), ...(number % 3 && { expires: 1_000 + (number % 3) }) }),
    ),
  );
  expect(await table.purge(1_002)).toBe(4_000);
  expect(await table.query({ pk: 'a' })).toHaveLength(8_000);
  expect(await table.purge(1_003)).toBe(4_000);
  expect(await table.purge(9_999_999_999)).toBe(0);
  close();
});

describe('trouble with the file', () => {
  test('a second process is told that the file is taken', () => {
    const directory = newDirectory();
    const { file, close } = openEmbedded({ directory, clock: virtualClock(START) });
    expect(() => openEmbedded({ directory, clock: virtualClock(START) })).toThrow(
      `Cannot open ${file}: another process is using it.`,
    );
    close();
  });

  test('what cannot be opened is named', () => {
    const directory = newDirectory();
    const file = join(directory, 'state.db');
    mkdirSync(file);
    expect(() => openEmbedded({ directory, clock: virtualClock(START) })).toThrow(`Cannot open ${file}: `);
  });

  test('a full disk rejects the write, names the file, and loses nothing that was acknowledged', () => {
    const directory = newDirectory();
    const script = `
      import { openEmbedded } from '${adapters}';
      const { table } = openEmbedded({ directory: ${JSON.stringify(directory)}, clock: { now: () => 0 } });
      for (let number = 0; ; number += 1) {
        try {
          await table.put({ pk: 'a', sk: String(number).padStart(4, '0'), body: new Uint8Array(20_000) });
        } catch (error) {
          console.log(JSON.stringify({ stored: number, message: error.message }));
          break;
        }
      }`;
    // A limit on the size of files stands for the full disk: beyond it, writing fails.
    const shell = `trap '' XFSZ; ulimit -f 1000; exec "$0" --input-type=module -e "$1"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', shell, process.execPath, script], { encoding: 'utf8' });
    expect(stdout, stderr).not.toBe('');
    const { stored, message } = JSON.parse(stdout) as { stored: number; message: string };
    expect(message).toMatch(`Cannot write ${join(directory, 'state.db')}: `);
    expect(stored).toBeGreaterThan(0);

    const { table, close } = openEmbedded({ directory, clock: virtualClock(START) });
    return table.query({ pk: 'a' }).then((items) => {
      expect(items).toHaveLength(stored);
      close();
    });
  });
});
