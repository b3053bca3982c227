// The state directory of an earlier release: the server of today opens it, shows what ended and ends what waited.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { STATE_FILE } from '../support/shapes/scenarios.ts';
import { restoreState } from '../support/shapes/state-file.ts';
import { endOf, openLaptop } from './local-server.ts';

const SHAPES = join(import.meta.dirname, '..', 'support', 'shapes');
const MACHINE = `arn:aws:states:us-east-1:123456789012:execution:${STATE_FILE.machine}`;

test.each(readdirSync(SHAPES).filter((name) => existsSync(join(SHAPES, name, 'state.sql'))))(
  'the state directory of %s',
  async (version) => {
    const stateDirectory = mkdtempSync(join(tmpdir(), 'old-state-'));
    restoreState(stateDirectory, readFileSync(join(SHAPES, version, 'state.sql'), 'utf8'));
    const laptop = await openLaptop({ stateDirectory });
    const ended = await endOf(laptop.client, `${MACHINE}:${STATE_FILE.ended}`);
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '{"seconds":0}' });
    expect(ended.types.at(-1)).toBe('ExecutionSucceeded');
    const waiting = await endOf(laptop.client, `${MACHINE}:${STATE_FILE.waiting}`);
    expect(waiting).toMatchObject({ status: 'SUCCEEDED', output: '{"seconds":5}' });
    expect(laptop.lines).toEqual([]);
    await laptop.close();
    rmSync(stateDirectory, { recursive: true });
  },
);
