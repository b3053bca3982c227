// The support matrix says what the code does and what was really run.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ACTIONS } from '../core/api/actions/index.ts';
import { LOCALSTACK_CALLS, RECORDED_ACTIONS, supportedPage } from '../scripts/supported.ts';

const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8');

test('docs/supported.md is up to date: node scripts/supported.ts writes it', () => {
  expect(read('../docs/supported.md')).toBe(supportedPage());
});

test('every action that we call supported is called in a test', () => {
  const tests = globSync('{unit,e2e,integration,conformance}/**/*.{ts,json}', { cwd: import.meta.dirname }).map(read);
  const isCalled = (name: string) =>
    tests.some((text) =>
      new RegExp(`\\b${name}(Command)?\\b|\\.${name[0]?.toLowerCase()}${name.slice(1)}\\(`).test(text),
    );
  const built = Object.entries(ACTIONS).filter(([, action]) => !('unsupported' in action));
  const claimed = built.map(([name]) => name).filter((name) => !RECORDED_ACTIONS.has(name));
  expect(claimed.filter((name) => !isCalled(name))).toEqual([]);
});

test('what was recorded can be called', () => {
  expect([...RECORDED_ACTIONS].filter((name) => 'unsupported' in ACTIONS[name as keyof typeof ACTIONS])).toEqual([]);
});

test('calls at LocalStack are made by the integration test', () => {
  const source = read('integration/services.test.ts');
  expect([...LOCALSTACK_CALLS].filter((resource) => !source.includes(`'${resource}'`))).toEqual([]);
});
