// `npm run bench [-- name...] [--json]`: runs the benches named, or all, one after the other, and prints their figures.
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { chain } from './chain.ts';
import { cost } from './cost.ts';
import { durable } from './durable.ts';
import type { Bench, Figure } from './figure.ts';
import { handOff } from './hand-off.ts';
import { map } from './map.ts';
import { memory } from './memory.ts';
import { pass } from './pass.ts';
import { pure } from './pure.ts';
import { printTable } from './table.ts';
import { units } from './units.ts';
import { wait } from './wait.ts';
import { worker } from './worker.ts';

const BENCHES: Record<string, Bench> = {
  pure,
  durable,
  pass,
  chain,
  'hand-off': handOff,
  map,
  wait,
  units,
  worker,
  cost,
  memory,
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } });
const unknown = positionals.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}. Benches: ${Object.keys(BENCHES).join(', ')}`);
  process.exit(2);
}

const results: ({ bench: string } & Figure)[] = [];
for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
  if (!values.json) console.error(`running ${name}`);
  const figures = (await BENCHES[name]?.()) ?? [];
  results.push(...figures.map((figure) => ({ bench: name, ...figure })));
}
console.log(values.json ? JSON.stringify(results, undefined, 2) : printTable(results));
// A busy machine makes slow figures: whoever compares them should know.
if (!values.json) console.error(`${availableParallelism()} cores, load average ${loadavg()[0]?.toFixed(1)}`);
