// `npm run check:template`: packages a deployment and lets cfn-lint and checkov read its template. Both are Python; they
// are installed once, pinned, into .template-checks. Exceptions stand in infra/aws, each with its reason.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGES = ['cfn-lint==1.51.0', 'checkov==3.3.30'];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const venv = join(root, '.template-checks');
const done = join(venv, PACKAGES.join('_'));

/** True when it went well. What a command says is only shown when it did not. */
function run(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) console.log(`${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`);
  return status === 0;
}

function install() {
  if (existsSync(done)) return true;
  rmSync(venv, { recursive: true, force: true });
  console.error('stepwell: installing cfn-lint and checkov, once');
  return (
    run('python3', '-m', 'venv', venv) &&
    run(join(venv, 'bin', 'pip'), 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES) &&
    run('touch', done)
  );
}

const folder = mkdtempSync(join(tmpdir(), 'stepwell-template-'));
const template = join(folder, 'cloudformation-template-update-stack.json');
const checks = {
  package: () => run(process.execPath, 'scripts/run.mjs', 'package', '--stage', 'prod', '--package', folder),
  install,
  'cfn-lint': () =>
    run(join(venv, 'bin', 'cfn-lint'), '--config-file', 'infra/aws/cfnlint.yml', '--template', template),
  checkov: () => run(join(venv, 'bin', 'checkov'), '--config-file', 'infra/aws/checkov.yml', '--file', template),
};
let passed = 0;
for (const [name, check] of Object.entries(checks)) {
  const isGood = check();
  console.log(`${isGood ? '✓' : '✗'} ${name}`);
  if (!isGood) break;
  passed++;
}
rmSync(folder, { recursive: true, force: true });
const isGood = passed === Object.keys(checks).length;
console.log(`${passed} passed, ${isGood ? 0 : 1} failed`);
process.exitCode = isGood ? 0 : 1;
