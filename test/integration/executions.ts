// How the tests run workflows: AWS's client in, history out.

import { readFileSync } from 'node:fs';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { expect, inject } from 'vitest';
import { place, sfn } from './clients.ts';

/** A definition or input of an example, for the account and region of this run instead of the tutorials'. */
export function example(path: string): object {
  const text = readFileSync(new URL(`../../examples/${path}`, import.meta.url), 'utf8');
  return JSON.parse(text.replaceAll('123456789012', place.account).replaceAll('us-east-1', place.region));
}

export async function createMachine(definition: object, name = `machine-${crypto.randomUUID()}`): Promise<string> {
  const { stateMachineArn } = await sfn.createStateMachine({
    name,
    roleArn: inject('machineRole'),
    definition: JSON.stringify(definition),
  });
  return stateMachineArn!;
}

/** Starts an execution, waits for its end, and gives its description with its whole history. */
export async function runToEnd(definition: object, input: object) {
  const stateMachineArn = await createMachine(definition);
  const { executionArn } = await sfn.startExecution({ stateMachineArn, input: JSON.stringify(input) });
  return await endOf(executionArn!);
}

/** Waits for the end of an execution, and gives its description with its whole history. */
export async function endOf(executionArn: string) {
  const describeExecution = () => sfn.describeExecution({ executionArn });
  await expect.poll(async () => (await describeExecution()).status).not.toBe('RUNNING');
  return { ...(await describeExecution()), events: await history(executionArn) };
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
