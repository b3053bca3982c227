// The doctor as whoever is on call meets it: through the API, over all pages; and what stalls executions.
import type { Finding } from '../../core/doctor/findings.ts';
import { createDeadLetterHandler } from '../../handlers/dead-letter.ts';
import { single, waitFor } from './definitions.ts';
import type { MemoryWorld } from './memory-world.ts';
import { stepwellApi } from './triggers.ts';

const ROLE = 'arn:aws:iam::123456789012:role/test';

type Found = Finding & { repaired?: boolean };

async function everything(world: MemoryWorld, action: string, input: object): Promise<Found[]> {
  const found: Found[] = [];
  for (let nextToken: unknown; ; ) {
    const page = await stepwellApi(world, action, { ...input, nextToken });
    found.push(...(page.findings as Found[]));
    nextToken = page.nextToken;
    if (nextToken === undefined) return found;
  }
}

export const diagnose = (world: MemoryWorld, input: object = {}) => everything(world, 'Diagnose', input);
export const repair = (world: MemoryWorld, input: object = {}) => everything(world, 'Repair', input);

export async function statusOf(world: MemoryWorld, executionArn: string): Promise<unknown> {
  return (await world.api('DescribeExecution', { executionArn })).status;
}

/** What the queue gave up on goes to the handler that shelves it. */
export async function bury(world: MemoryWorld): Promise<void> {
  const Records = (await world.takeDeadLetters()).map(({ id, body, queue }) => ({
    messageId: id,
    body,
    eventSourceARN: `arn:aws:sqs:::stepwell-${queue}-dead-letter`,
  }));
  await createDeadLetterHandler(world)({ Records } as never, {});
}

/** An execution `parent` that waits for its child of so many seconds; gives the child's ARN. */
export async function nested(world: MemoryWorld, seconds: number): Promise<string> {
  await world.api('CreateStateMachine', { name: 'child', definition: JSON.stringify(waitFor(seconds)), roleArn: ROLE });
  const Parameters = { StateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:child', Name: 'c' };
  const state = { Type: 'Task', Resource: 'arn:aws:states:::states:startExecution.sync', Parameters, End: true };
  await world.start({ ...single(state) }, {}, 'parent');
  await world.pass(1_000);
  return 'arn:aws:states:us-east-1:123456789012:execution:child:c';
}
