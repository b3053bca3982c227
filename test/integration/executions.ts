// How the tests run workflows: AWS's client in, history out.

import { readFileSync } from 'node:fs';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { expect, inject } from 'vitest';
import { ACCOUNT, sfnClient } from './clients.ts';

export const sfn = sfnClient(inject('endpoint'), inject('apiUrl'));

export function example(path: string): object {
  return JSON.parse(readFileSync(new URL(`../../examples/${path}`, import.meta.url), 'utf8'));
}

export async function createMachine(definition: object): Promise<string> {
  const { stateMachineArn } = await sfn.createStateMachine({
    name: `machine-${crypto.randomUUID()}`,
    roleArn: `arn:aws:iam::${ACCOUNT}:role/StepFunctionsExecutionRole`,
    definition: JSON.stringify(definition),
  });
  return stateMachineArn!;
}

/** Starts an execution, waits for its end, and gives its description with its whole history. */
export async function runToEnd(definition: object, input: object) {
  const stateMachineArn = await createMachine(definition);
  const { executionArn } = await sfn.startExecution({ stateMachineArn, input: JSON.stringify(input) });
  const describeExecution = () => sfn.describeExecution({ executionArn });
  await expect.poll(async () => (await describeExecution()).status).not.toBe('RUNNING');
  return { ...(await describeExecution()), events: await history(executionArn!) };
}

export async function history(executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.getExecutionHistory({ executionArn, ...(nextToken && { nextToken }) });
    events.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return events;
}

export function typesOf(events: HistoryEvent[]): string[] {
  return events.map(({ type }) => type!);
}
