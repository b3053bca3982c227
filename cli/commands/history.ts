// `stepwell history`: the events of an execution, one per line.
import { type HistoryEvent, paginateGetExecutionHistory } from '@aws-sdk/client-sfn';
import { parseCommandLine } from '../arguments.ts';
import { CONNECTION_FLAGS, connect, resolveExecution } from '../client.ts';
import type { Io } from '../io.ts';

const FLAGS = { ...CONNECTION_FLAGS, json: { type: 'boolean' } } as const;

export async function history(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseCommandLine(args, FLAGS, ['the ARN of an execution']);
  const client = connect(values, process.env);
  const executionArn = await resolveExecution(client, positionals[0]!);
  let startedAt: number | undefined;
  for await (const { events = [] } of paginateGetExecutionHistory({ client }, { executionArn, maxResults: 1000 })) {
    startedAt ??= events[0]?.timestamp?.getTime() ?? 0;
    for (const event of events) io.out(values.json ? JSON.stringify(event) : describe(event, startedAt));
  }
  return 0;
}

function describe(event: HistoryEvent, startedAt: number): string {
  const seconds = ((event.timestamp!.getTime() - startedAt) / 1000).toFixed(3);
  const details = Object.entries(event).find(([key]) => key.endsWith('EventDetails'))?.[1] ?? {};
  const { name, index, error, cause, resource, state } = details as Record<string, unknown>;
  const about = [name ?? state, index === undefined ? undefined : `[${index}]`, error, cause, resource];
  const columns = [String(event.id).padStart(5), `+${seconds}s`.padStart(10), event.type!.padEnd(24)];
  return [...columns, ...about.filter((part) => part !== undefined)].join('  ').trimEnd();
}
