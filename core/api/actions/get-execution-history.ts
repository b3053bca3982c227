// Lists the events of an execution, oldest first or newest first.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
import type { GetExecutionHistoryInput } from '@aws-sdk/client-sfn';
import { readHistory } from '../../driver/executions.ts';
import type { HistoryEvent } from '../../execution.ts';
import { action, epochSeconds } from '../action.ts';
import { ARN, BOOLEAN, MAX_RESULTS, NEXT_TOKEN, REQUIRED } from '../members.ts';
import { openToken, pageSize, sealToken } from '../page.ts';
import { findExecution } from '../resolve.ts';
import type { Members } from '../shape.ts';

const members = {
  executionArn: { ...ARN, ...REQUIRED },
  maxResults: MAX_RESULTS,
  reverseOrder: BOOLEAN,
  nextToken: NEXT_TOKEN,
  includeExecutionData: BOOLEAN,
} as const satisfies Members<keyof GetExecutionHistoryInput>;

export const GetExecutionHistory = action(members, async (input, world) => {
  const creation = await findExecution(world, input.executionArn);
  const reverse = input.reverseOrder ?? false;
  const request = ['GetExecutionHistory', creation.executionArn, creation.run, String(reverse)];
  const after = openToken(world, request, input.nextToken);
  const page = { limit: pageSize(input.maxResults), reverse, ...(after !== undefined && { after: Number(after) }) };
  const { events, more } = await readHistory(world, creation, page);
  const last = events.at(-1);
  return {
    events: events.map((event) => eventOutput(event, input.includeExecutionData ?? true)),
    ...(more && last && { nextToken: sealToken(world, request, String(last.id)) }),
  };
});

const EXECUTION_DATA = [
  'input',
  'inputDetails',
  'output',
  'outputDetails',
  'parameters',
  'assignedVariables',
  'assignedVariablesDetails',
];

function eventOutput(event: HistoryEvent, includeExecutionData: boolean): HistoryEvent {
  const shown: HistoryEvent = { ...event, timestamp: epochSeconds(event.timestamp) };
  if (includeExecutionData) return shown;
  for (const [name, details] of Object.entries(shown)) {
    if (name.endsWith('EventDetails')) shown[name] = withoutExecutionData(details as object);
  }
  return shown;
}

function withoutExecutionData(details: object): object {
  return Object.fromEntries(Object.entries(details).filter(([name]) => !EXECUTION_DATA.includes(name)));
}
