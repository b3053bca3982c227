// The embedded default under load: thousands of executions at once, each with a wait and a call, all finish.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListExecutionsCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { functionArn } from '../support/definitions.ts';
import { createMachine, openLaptop } from './local-server.ts';

const EXECUTIONS = 2_000;
/** Requests under way at once, as many as the SDK has sockets. */
const SOCKETS = 50;

test(`${EXECUTIONS} executions that wait at the same time all finish`, async () => {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'load-'));
  const laptop = await openLaptop({ stateDirectory });
  laptop.putFunction('double', 'export const handler = ({ n }) => ({ n: n * 2 })');
  const stateMachineArn = await createMachine(laptop.client, 'load', {
    StartAt: 'Wait',
    States: {
      Wait: { Type: 'Wait', Seconds: 15, Next: 'Double' },
      Double: { Type: 'Task', Resource: functionArn('double'), Next: 'Done' },
      Done: { Type: 'Succeed' },
    },
  });
  let begun = 0;
  const startAll = async () => {
    while (begun < EXECUTIONS)
      await laptop.client.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify({ n: begun++ }) }));
  };
  await Promise.all(Array.from({ length: SOCKETS }, startAll));

  const countOf = async (statusFilter: 'RUNNING' | 'SUCCEEDED') => {
    let count = 0;
    for (let nextToken: string | undefined; ; ) {
      const page = await laptop.client.send(
        new ListExecutionsCommand({ stateMachineArn, statusFilter, maxResults: 1_000, nextToken }),
      );
      count += page.executions?.length ?? 0;
      nextToken = page.nextToken;
      if (nextToken === undefined) return count;
    }
  };
  await expect.poll(() => countOf('RUNNING'), { timeout: 90_000, interval: 500 }).toBe(0);
  expect(await countOf('SUCCEEDED')).toBe(EXECUTIONS);
  expect(laptop.lines).toEqual([]);
  await laptop.close();
  rmSync(stateDirectory, { recursive: true });
}, 120_000);
