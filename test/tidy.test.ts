// Style as a test: the dependency rule, calls that the core must not make, sizes. Each rule names its replacement.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const FOLDERS = ['core', 'handlers', 'infra', 'local', 'cli', 'client', 'bench', 'examples', 'scripts', 'test'];

const files = FOLDERS.flatMap((folder) => sourcesBelow(join(ROOT, folder)));
const inCore = files.filter(({ path }) => path.startsWith('core/'));

function sourcesBelow(folder: string): { path: string; text: string }[] {
  let entries: string[];
  try {
    entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
  return entries
    .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
    .map((name) => join(folder, name))
    .map((path) => ({ path: relative(ROOT, path), text: readFileSync(path, 'utf8') }));
}

/** `import` and `export ... from` of a file: what is imported, and whether only as types. */
function importsOf({ path, text }: { path: string; text: string }) {
  const statements = text.matchAll(/^(?:import|export)\s+(type\s+)?[^;]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm);
  return [...statements].map(([, type, from, bare]) => {
    const name = from ?? bare ?? '';
    const target = name.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(path), name)) : name;
    return { target, isType: type !== undefined };
  });
}

const BELOW_STORE = [
  ...['core/engine/', 'core/asl/', 'core/expr/', 'core/errors.ts', 'core/limits.ts', 'core/execution.ts'],
  ...['core/ports.ts', 'core/world.ts'],
];

/** Which places a file may import from. The first row whose prefix fits counts. */
const MAY_IMPORT: [place: string, targets: string[]][] = [
  ['core/expr/', ['core/expr/', 'core/asl/definition.ts', 'core/errors.ts', 'core/limits.ts']],
  ['core/asl/', ['core/asl/', 'core/expr/', 'core/errors.ts', 'core/limits.ts']],
  [
    'core/engine/',
    ['core/engine/', 'core/asl/', 'core/expr/', 'core/errors.ts', 'core/limits.ts', 'core/execution.ts'],
  ],
  ['core/store/', ['core/store/', ...BELOW_STORE]],
  ['core/driver/', ['core/driver/', 'core/drive.ts', 'core/integrations/', 'core/store/', ...BELOW_STORE]],
  ['core/doctor/', ['core/doctor/', 'core/driver/', 'core/store/', ...BELOW_STORE]],
  ['core/', ['core/']],
  ['infra/', ['infra/', 'core/']],
  ['handlers/', ['handlers/', 'core/', 'infra/aws/world.ts']],
  ['local/', ['local/', 'handlers/', 'infra/', 'core/', 'cli/', 'examples/']],
  // The command line talks to the public API; it checks definitions, of machines and of triggers, with the checkers'
  // own code.
  ['cli/', ['cli/', 'client/', 'core/asl/', 'core/errors.ts', 'core/triggers/check.ts', 'core/triggers/rule.ts']],
  // What users' programs import stands alone.
  ['client/', []],
  ['examples/', ['examples/']],
];

test('dependencies point one way', () => {
  const offences = files.flatMap((file) => {
    const allowed = MAY_IMPORT.find(([place]) => file.path.startsWith(place))?.[1];
    if (allowed === undefined) return [];
    return importsOf(file)
      .filter(({ target, isType }) => !isType && FOLDERS.some((folder) => target.startsWith(`${folder}/`)))
      .filter(({ target }) => !allowed.some((place) => target.startsWith(place)))
      .map(({ target }) => `${file.path} imports ${target}`);
  });
  expect(offences).toEqual([]);
});

test('core imports nothing but jsonata, in one file, and pure parts of Node', () => {
  const offences = inCore.flatMap((file) => {
    const allowed = ['node:crypto', 'node:zlib', ...(file.path === 'core/expr/jsonata.ts' ? ['jsonata'] : [])];
    return importsOf(file)
      .filter(({ target, isType }) => !isType && !target.startsWith('core/') && !allowed.includes(target))
      .map(({ target }) => `${file.path} imports ${target}`);
  });
  expect(offences).toEqual([]);
});

/** What core must not call, and what to use instead. */
const BANNED: [call: RegExp, instead: string][] = [
  [/\bDate\.now\b/, 'world.clock.now() or env'],
  [/\bnew Date\(\)/, 'new Date(at)'],
  [/\bMath\.random\b/, 'world.random() or env.random()'],
  [/\bsetTimeout\b|\bsetInterval\b|\bsetImmediate\b/, 'world.clock.until()'],
  [/\bprocess\.env\b/, 'world.settings'],
  [/\brandomUUID\b/, 'world.newId() or env.newId()'],
];

test('core calls nothing that makes it impure', () => {
  const offences = inCore.flatMap(({ path, text }) => {
    const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
    return BANNED.filter(([call]) => call.test(code)).map(([call, instead]) => `${path}: not ${call}, but ${instead}`);
  });
  expect(offences).toEqual([]);
});

const LINES_MAX = 450;

test('every file of the product opens with what it owns, and can be read in one sitting', () => {
  const product = files.filter(({ path }) => !path.startsWith('examples/') && !path.startsWith('test/'));
  const offences = product.filter(({ text }) => text.split('\n').length > LINES_MAX || !/^(\/\/|#!)/.test(text));
  expect(offences.map(({ path }) => path)).toEqual([]);
});
