import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { LIMITS } from '../../../core/limits.ts';
import { parseOptions } from '../../../local/options.ts';

test('without flags: AWS’s limits, the tutorial’s account, state in .stepwell', () => {
  expect(parseOptions([])).toEqual({
    port: 8083,
    host: '127.0.0.1',
    stateDirectory: resolve('.stepwell'),
    account: '123456789012',
    region: 'us-east-1',
    functionDirectories: [],
    once: false,
    transitionsPerMessage: 25,
    limits: LIMITS.aws,
    throttling: 'none',
  });
});

test('flags are taken as they are, and directories of functions in their order', () => {
  const flags = '--port 0 --memory --functions a --functions b --limits extended --transitions-per-message 1 --once';
  expect(parseOptions(flags.split(' '))).toMatchObject({
    port: 0,
    stateDirectory: undefined,
    functionDirectories: [resolve('a'), resolve('b')],
    limits: LIMITS.extended,
    transitionsPerMessage: 1,
    once: true,
  });
});

test.each([
  [['--prot', '1'], "Unknown option '--prot'."],
  [['--port', '70000'], "--port takes a whole number from 0 to 65535, not '70000'."],
  [['--port'], "Option '--port <value>' argument missing."],
  [['--account', '12'], "--account takes 12 digits, not '12'."],
  [['--region', 'moon'], "--region takes a name like us-east-1, not 'moon'."],
  [['--limits', 'none'], "--limits takes aws or extended, not 'none'."],
  [['--throttling', 'some'], "--throttling takes aws or none, not 'some'."],
  [['file.json'], "Unexpected argument 'file.json'."],
])('%j is refused in one sentence', (args, sentence) => {
  expect(() => parseOptions(args)).toThrow(sentence);
});

test('another address than this machine’s own needs a token, which may come from the environment', () => {
  expect(() => parseOptions(['--host', '0.0.0.0'])).toThrow(
    'Whoever reaches 0.0.0.0 could run your functions: set --token, or STEPWELL_TOKEN.',
  );
  expect(() => parseOptions(['--host', '127.0.0.1.evil.example'])).toThrow('set --token');
  const token = 'x'.repeat(16);
  expect(parseOptions(['--host', '0.0.0.0', '--token', token])).toMatchObject({ host: '0.0.0.0', token });
  expect(parseOptions(['--host', '::'], { STEPWELL_TOKEN: token })).toMatchObject({ host: '::', token });
  expect(parseOptions(['--host', '::1'])).toMatchObject({ host: '::1' });
});

test('a token that can be guessed is refused', () => {
  expect(() => parseOptions(['--token', 'secret'])).toThrow('A token has at least 16 characters');
});
