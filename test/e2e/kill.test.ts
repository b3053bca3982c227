// The promise of durability, tested with the power cord: the server is killed inside calls, again and again, while it
// runs orders. Nothing acknowledged is missing, nothing is called twice unasked, nothing hangs.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { functionArn } from '../support/definitions.ts';
import { freePort, type LocalProcess, startProcess } from '../support/local-process.ts';
import { seededRandom } from '../support/random.ts';

const ORDERS = 200;
const KILLS = 50;
const ORDERS_PER_BOOT = ORDERS / KILLS;
const STEPS = ['reserve', 'charge', 'ship'];
const CALL_MS = 150;
const RETRY_SECONDS = 1;

/** Calls of one function that the embedded engine runs at once. */
const CALLS_AT_ONCE = 10;

/** Says that it began, works, says that it is done. */
const FUNCTION = `import { appendFileSync } from 'node:fs';
const journal = import.meta.dirname + '/../journal.log';
export const handler = async ({ order, step, attempt }) => {
  appendFileSync(journal, \`began \${order} \${step} \${attempt}\\n\`);
  await new Promise((done) => setTimeout(done, ${CALL_MS}));
  appendFileSync(journal, \`ended \${order} \${step} \${attempt}\\n\`);
  return { step };
};
`;

function orders(more: object): object {
  const states = STEPS.map((step, index) => [
    step,
    {
      Type: 'Task',
      Resource: functionArn('work'),
      Parameters: { 'order.$': '$$.Execution.Name', step, 'attempt.$': '$$.State.RetryCount' },
      ...(index + 1 < STEPS.length ? { Next: STEPS[index + 1] } : { End: true }),
      ...more,
    },
  ]);
  return { StartAt: STEPS[0], States: Object.fromEntries(states) };
}

const Retry = [
  { ErrorEquals: ['Lambda.SdkClientException'], IntervalSeconds: RETRY_SECONDS, BackoffRate: 1, MaxAttempts: 1_000 },
];

interface Calls {
  began: string[];
  ended: Set<string>;
}

function readJournal(root: string): Calls {
  const lines = readFileSync(join(root, 'journal.log'), 'utf8').split('\n');
  const of = (kind: string) => lines.filter((line) => line.startsWith(kind)).map((line) => line.slice(kind.length + 1));
  return { began: of('began'), ended: new Set(of('ended')) };
}

/** Resolves when so many calls more have begun. */
async function begun(root: string, more: number): Promise<void> {
  const { length } = readJournal(root).began;
  while (readJournal(root).began.length < length + more) await pause(5);
}

/** Servers that are killed side by side: while one boots, others work. Each has a state and a journal of its own. */
const LANES = 5;
const KILLS_PER_LANE = KILLS / LANES;
const ORDERS_PER_LANE = ORDERS / LANES;

test.concurrent.for(Array.from({ length: LANES }, (_, lane) => lane + 1))(
  `${ORDERS_PER_LANE} of ${ORDERS} orders survive ${KILLS_PER_LANE} of ${KILLS} kills inside calls (server %i)`,
  { timeout: 240_000 },
  async (seed, context) => {
    const root = mkdtempSync(join(tmpdir(), 'killed-'));
    const functions = join(root, 'functions');
    mkdirSync(functions);
    writeFileSync(join(functions, 'work.mjs'), FUNCTION);
    writeFileSync(join(root, 'journal.log'), '');
    const boot = { state: join(root, 'state'), functions, port: await freePort() };
    const random = seededRandom(seed);

    let server = await startProcess(boot);
    try {
      const machines = [
        await machine(server, 'plain', orders({})),
        await machine(server, 'retried', orders({ Retry })),
      ];
      const accepted = new Map<string, string>();
      let killsInsideCalls = 0;
      while (killsInsideCalls < KILLS_PER_LANE) {
        for (let i = 0; i < ORDERS_PER_BOOT && accepted.size < ORDERS_PER_LANE; i++) {
          const stateMachineArn = machines[accepted.size % 2];
          const { executionArn } = await server.api('StartExecution', {
            stateMachineArn,
            name: `order-${accepted.size}`,
          });
          accepted.set(String(executionArn), accepted.size % 2 === 0 ? 'plain' : 'retried');
        }
        await begun(root, 1 + Math.floor(random() * 2));
        await server.kill();
        const { began, ended } = readJournal(root);
        if (began.slice(-CALLS_AT_ONCE).some((call) => !ended.has(call))) killsInsideCalls++;
        server = await startProcess(boot);
      }

      const ownMs = RETRY_SECONDS * 1_000 + (STEPS.length * ORDERS_PER_LANE * CALL_MS) / CALLS_AT_ONCE;
      await context.expect
        .poll(() => unfinished(server, machines), { timeout: 90_000 + ownMs, interval: 200 })
        .toEqual([]);

      expect(accepted.size).toBe(ORDERS_PER_LANE);
      const { began, ended } = readJournal(root);
      expect(new Set(began).size, 'a call was begun twice in one attempt').toBe(began.length);
      for (const [executionArn, kind] of accepted) await judge(server, executionArn, kind, began, ended);
    } finally {
      await server.kill();
      rmSync(root, { recursive: true });
    }
  },
);

async function machine(server: LocalProcess, name: string, definition: object): Promise<string> {
  const roleArn = 'arn:aws:iam::123456789012:role/orders';
  const { stateMachineArn } = await server.api('CreateStateMachine', {
    name,
    definition: JSON.stringify(definition),
    roleArn,
  });
  return String(stateMachineArn);
}

async function unfinished(server: LocalProcess, machines: string[]): Promise<unknown[]> {
  const lists = machines.map((stateMachineArn) =>
    server.api('ListExecutions', { stateMachineArn, statusFilter: 'RUNNING', maxResults: 1_000 }),
  );
  return (await Promise.all(lists)).flatMap(({ executions }) => executions as unknown[]);
}

/** What was cut off ends with the lost worker's error, unless Retry says otherwise; every start has its event. */
async function judge(
  server: LocalProcess,
  executionArn: string,
  kind: string,
  began: string[],
  ended: Set<string>,
): Promise<void> {
  const { status, error, name } = await server.api('DescribeExecution', { executionArn });
  const { events } = await server.api('GetExecutionHistory', { executionArn, maxResults: 1_000 });
  const history = events as { id: number; type: string }[];
  expect(history.map(({ id }) => id)).toEqual(history.map((_, index) => index + 1));
  const calls = began.filter((call) => call.startsWith(`${name} `));
  const wasCutOff = calls.some((call) => !ended.has(call));
  const starts = history.filter(({ type }) => type === 'LambdaFunctionStarted').length;
  expect(calls.length).toBeLessThanOrEqual(starts);
  if (kind === 'retried') expect(status).toBe('SUCCEEDED');
  else if (status === 'FAILED') expect(error).toBe('Lambda.SdkClientException');
  else expect({ status, wasCutOff }).toEqual({ status: 'SUCCEEDED', wasCutOff: false });
}
