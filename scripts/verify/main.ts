// `npm run verify-on-aws -- --stage prod`: what only a real account proves (docs/verify-on-aws.md). Prints a report to
// paste into an issue. On LocalStack, where AWS_ENDPOINT_URL leads there, the checks themselves can be tried.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Check, Settings } from './check.ts';
import { chain } from './checks/chain.ts';
import { deadLetters } from './checks/dead-letters.ts';
import { longCall } from './checks/long-call.ts';
import { killedByMemory, killedByTimeout } from './checks/lost-worker.ts';
import { redeploy } from './checks/redeploy.ts';
import { sameFunction } from './checks/same-function.ts';
import { throttled } from './checks/throttled.ts';
import { units } from './checks/units.ts';
import { waitLoop } from './checks/wait-loop.ts';
import { makeFunctions, removeFunctions } from './function.ts';
import { openPlace, type Place } from './place.ts';

/** From harmless to rough. */
const CHECKS: Record<string, Check> = {
  chain,
  'wait-loop': waitLoop,
  'same-function': sameFunction,
  'long-call': longCall,
  throttled,
  'killed-by-timeout': killedByTimeout,
  'killed-by-memory': killedByMemory,
  'dead-letters': deadLetters,
  redeploy,
  units,
};

const USAGE = `usage: npm run verify-on-aws -- --stage NAME [--region NAME] [--only CHECK,CHECK…] [--executions N] [--long-call SECONDS]
checks: ${Object.keys(CHECKS).join(', ')}`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      stage: { type: 'string' },
      region: { type: 'string', default: process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? 'us-east-1' },
      only: { type: 'string', default: Object.keys(CHECKS).join(',') },
      executions: { type: 'string', default: '1000' },
      'long-call': { type: 'string', default: '840' },
    },
  });
  const names = values.only.split(',');
  if (values.stage === undefined || names.some((name) => CHECKS[name] === undefined)) {
    console.error(USAGE);
    return 2;
  }
  const place = await openPlace(values.stage, values.region);
  const settings = { executions: Number(values.executions), longCallSeconds: Number(values['long-call']) };
  await removeFunctions(place);
  await makeFunctions(place);
  try {
    const rows = [];
    for (const name of names) rows.push(await runCheck(name, place, settings));
    console.log(report(place, rows));
    return rows.some(({ outcome }) => outcome === 'FAILED') ? 1 : 0;
  } finally {
    await removeFunctions(place);
  }
}

interface Row {
  title: string;
  outcome: 'passed' | 'FAILED' | 'left out';
  minutes: string;
  facts: string;
}

async function runCheck(name: string, place: Place, settings: Settings): Promise<Row> {
  const check = CHECKS[name]!;
  const { title } = check;
  if (place.isLocalStack && !check.onLocalStack)
    return { title, outcome: 'left out', minutes: '', facts: 'on AWS only' };
  console.error(`${name}: ${title}`);
  const begun = performance.now();
  const minutes = () => ((performance.now() - begun) / 60_000).toFixed(1);
  try {
    const facts = Object.entries(await check.run(place, settings)).map(([what, value]) => `${what}: ${value}`);
    return { title, outcome: 'passed', minutes: minutes(), facts: facts.join('; ') };
  } catch (error) {
    return {
      title,
      outcome: 'FAILED',
      minutes: minutes(),
      facts: String((error as Error).message)
        .split('\n')
        .join(' '),
    };
  }
}

function report({ stage, region, isLocalStack }: Place, rows: Row[]): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return [
    `## Stepwell ${version} on ${isLocalStack ? 'LocalStack' : `AWS, ${region}`}, stage ${stage}, ${new Date().toISOString()}`,
    '',
    '| check | outcome | minutes | facts |',
    '|---|---|---|---|',
    ...rows.map(({ title, outcome, minutes, facts }) => `| ${title} | ${outcome} | ${minutes} | ${facts} |`),
  ].join('\n');
}

process.exitCode = await main();
