#!/usr/bin/env node
// The installed `stepwell` command. The code is TypeScript that Node 24 runs as it is; an older Node hands over to the
// one that the scripts bring along.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [major] = process.versions.node.split('.').map(Number);
if (major >= 24) {
  const { main } = await import('../cli/main.ts');
  const { processIo } = await import('../cli/io.ts');
  process.exitCode = await main(process.argv.slice(2), processIo());
} else {
  const run = fileURLToPath(new URL('../scripts/run.mjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [run, 'stepwell', ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
