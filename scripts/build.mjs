// Bundles the Lambda handlers into dist/lambda, one minified ES module each. Called before packaging and deploying.
// The Lambda runtime ships the AWS SDK, so it stays out; `--stage localstack` takes it in, because LocalStack has none.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { EVERYBODY, readAccessPolicy } from '../core/api/access.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({ options: { stage: { type: 'string', short: 's' } }, strict: false });
const bundleSdk = values.stage === 'localstack';

/** What serverless.yml deploys. */
const HANDLERS = ['advance', 'api', 'sweep', 'dead-letter', 'start-from-sqs', 'start-from-s3', 'start-from-events'];

const { stage = 'dev' } = values;
const policy = readPolicy(`access/${stage}.json`);
rmSync(`${root}/dist/lambda`, { recursive: true, force: true });

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: HANDLERS.map((name) => `handlers/${name}.ts`),
  outdir: 'dist/lambda',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  minify: true,
  keepNames: true, // error names are data here
  metafile: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  external: bundleSdk ? [] : ['@aws-sdk/*'],
  // Packages in CommonJS form call `require`, which an ES module does not have.
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  logLevel: 'warning', // and errors: nothing is left to say about them
}).catch(() => process.exit(1));

for (const [path, { bytes }] of Object.entries(metafile.outputs)) {
  console.log(`${path} ${(bytes / 1024).toFixed(0)} KB`);
}
writeFileSync(`${root}/dist/lambda/access.json`, JSON.stringify(policy));

/** Who may do what with this stage's API (docs/deploy.md); a policy that nobody could follow is not deployed. */
function readPolicy(file) {
  if (!existsSync(`${root}/${file}`)) return EVERYBODY;
  try {
    const document = JSON.parse(readFileSync(`${root}/${file}`, 'utf8'));
    readAccessPolicy(document);
    return document;
  } catch (error) {
    console.error(`stepwell: ${file}: ${error.message}`);
    process.exit(1);
  }
}
