#!/usr/bin/env node
// The door to everything: `node scripts/run.mjs <command> [...args]`, which is what every npm script calls.
// Runs on any Node.js from 20 on and needs no package: it installs what package-lock.json asks for and is missing,
// then runs the command on the pinned Node.js. Signals go to the command and its exit code comes back.

import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const node = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

const vitest = ['vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=./scripts/closing-line.mjs'];
const serverless = 'serverless/bin/serverless.js';

/** Each command is one or more steps; a step is a script of ours, or of a package, with its arguments. */
const COMMANDS = {
  start: (args) => [['local/main.ts', ...args]],
  stepwell: (args) => [['cli/main.ts', ...args]],
  test: (args) => [[...vitest, ...args]],
  'test:localstack': (args) => [[...vitest, '--config', 'test/integration/vitest.config.ts', ...args]],
  check: () => [
    ['typescript/bin/tsc', '-p', '.'],
    ['@biomejs/biome/bin/biome', 'check'],
  ],
  'check:template': () => [['scripts/check-template.mjs']],
  build: (args) => [['scripts/build.mjs', ...args]],
  package: (args) => [
    ['scripts/build.mjs', ...args],
    [serverless, 'package', ...args],
  ],
  deploy: (args) => [
    ['scripts/build.mjs', ...args],
    [serverless, 'deploy', ...args],
  ],
  'verify-on-aws': (args) => [['scripts/verify/main.ts', ...args]],
  remove: (args) => [[serverless, 'remove', ...args]],
  conformance: (args) => [['test/conformance/main.ts', ...args]],
  bench: (args) => [['bench/main.ts', ...args]],
  soak: (args) => [['bench/soak.ts', ...args]],
  sim: (args) => [['test/simulation/main.ts', ...args]],
};

const OURS = /^(bench|cli|local|scripts|test)\//;

/** What the lock file asks for, less what is only for other platforms, against what npm wrote down when it installed. */
function isInstalled() {
  try {
    const { packages: wanted } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    const { packages: present } = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8'));
    return Object.entries(wanted).every(
      ([path, { version, optional }]) => path === '' || optional || present[path]?.version === version,
    );
  } catch {
    return false;
  }
}

/** Not `npm ci`: that one refuses a lock file without the packages of other platforms. Both keep to its versions. */
function install() {
  console.error('stepwell: installing packages, once');
  const { status } = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** Runs one step to its end and gives its exit code. */
function run([script, ...args]) {
  const ours = OURS.test(script);
  // Users' relative paths are relative to where they stand; tools look for their configuration in the root.
  const cwd = script.startsWith('cli/') || script.startsWith('local/') ? process.cwd() : root;
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', join(ours ? root : modules, script), ...args], {
    cwd,
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${join(modules, '.bin')}${delimiter}${process.env.PATH}`,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(modules, '.cache', 'stepwell'),
    },
  });
  const pass = (signal) => {
    // A terminal has already sent Ctrl-C to the whole group; a second one would mean "at once".
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, pass);
  // npm sends a signal to its shell only, which dies of it and tells nobody: when the shell is gone, we were meant.
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.env.npm_lifecycle_event && process.ppid !== shell) child.kill();
  }, 250);
  return new Promise((done) => {
    child.on('error', (error) => {
      console.error(`stepwell: ${error.message}`);
      clearInterval(watch);
      done(1);
    });
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      for (const name of signals) process.off(name, pass);
      done(code ?? 128 + constants.signals[signal]);
    });
  });
}

const [command, ...args] = process.argv.slice(2);
const steps = COMMANDS[command]?.(args);
if (!steps) {
  console.error(`usage: node scripts/run.mjs <command> [...args]\ncommands: ${Object.keys(COMMANDS).join(', ')}`);
  process.exit(2);
}
if (!isInstalled()) install();
for (const step of steps) {
  const code = await run(step);
  if (code !== 0) process.exit(code);
}
