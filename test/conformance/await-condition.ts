// The conditions that recorded scripts waited for between their calls. Some say that something has to happen: not
// seeing it fails the case. Others only gave AWS's lists time to become consistent: they give up quietly, and the
// comparison that follows has the last word.
import type { Json, JsonObject } from '../../core/expr/json.ts';
import { isObject } from '../../core/expr/json.ts';
import type { CaseRun } from './case-run.ts';
import { Fail } from './case-run.ts';
import { ActionError } from './client.ts';

const TERMINAL_EVENTS: ReadonlySet<Json | undefined> = new Set([
  'ExecutionSucceeded',
  'ExecutionFailed',
  'ExecutionTimedOut',
  'ExecutionAborted',
]);
const PATIENCE_SECONDS = 2;

type Condition = (run: CaseRun, params: JsonObject) => Promise<boolean>;

const lastType = async (run: CaseRun, { execution_arn }: JsonObject) =>
  (await run.events(String(execution_arn))).at(-1)?.type;

/** Has to come true. */
const EVENTS = {
  execution_success: async (run, params) => (await lastType(run, params)) === 'ExecutionSucceeded',
  execution_terminated: async (run, params) => TERMINAL_EVENTS.has(await lastType(run, params)),
  execution_started: async (run, params) => (await lastType(run, params)) !== undefined,
  execution_aborted: async (run, { execution_arn }) =>
    (await run.call('DescribeExecution', { executionArn: execution_arn! })).status === 'ABORTED',
  // All recorded conditions on events wait for one state to be entered.
  on_execution_events: async (run, { execution_arn, condition }) => {
    const constants = isObject(condition) ? ((condition as JsonObject).event_predicate_constants as Json[]) : [];
    const state = (constants ?? []).find((text) => text !== 'stateEnteredEventDetails' && text !== 'name');
    const events = await run.events(String(execution_arn));
    return events.some(
      (event) => state === undefined || (event.stateEnteredEventDetails as JsonObject)?.name === state,
    );
  },
} satisfies Record<string, Condition>;

const isExecutionListed: Condition = async (run, { state_machine_arn, execution_arn, status }) => {
  const request = { stateMachineArn: state_machine_arn!, ...(status ? { statusFilter: status } : {}) };
  const { executions } = await run.call('ListExecutions', request);
  return (executions as JsonObject[]).some((one) => one.executionArn === execution_arn && one.status !== 'RUNNING');
};

const isMachineListed: Condition = async (run, { state_machine_arn }) => {
  const request = { maxResults: 1000 };
  const { stateMachines } = await run.allPages(
    'ListStateMachines',
    request,
    await run.call('ListStateMachines', request),
  );
  return (stateMachines as JsonObject[]).some((one) => one.stateMachineArn === state_machine_arn);
};

const isVersionListed: Condition = async (run, params) => {
  const [machine, version] = (params.args as Json[] | undefined)?.slice(-2) ?? [];
  const stateMachineArn = machine ?? params.state_machine_arn!;
  const { stateMachineVersions } = await run.call('ListStateMachineVersions', { stateMachineArn });
  const wanted = version ?? params.state_machine_version_arn;
  return (stateMachineVersions as JsonObject[]).some((one) => one.stateMachineVersionArn === wanted);
};

const isAliasListed: Condition = async (run, { state_machine_arn, state_machine_alias_arn }) => {
  const { stateMachineAliases } = await run.call('ListStateMachineAliases', { stateMachineArn: state_machine_arn! });
  return (stateMachineAliases as JsonObject[]).some((one) => one.stateMachineAliasArn === state_machine_alias_arn);
};

const not =
  (condition: Condition): Condition =>
  async (run, params) =>
    !(await condition(run, params));

/** Waited for out of politeness. */
const LISTS = {
  execution_lists_terminated: isExecutionListed,
  list_execution_status: isExecutionListed,
  state_machine_listed: isMachineListed,
  state_machine_not_listed: not(isMachineListed),
  state_machine_version_listed: isVersionListed,
  state_machine_version_not_listed: not(isVersionListed),
  state_machine_alias_is_created: isAliasListed,
  state_machine_alias_is_deleted: not(isAliasListed),
} satisfies Record<string, Condition>;

export async function awaitCondition(run: CaseRun, name: string, params: JsonObject): Promise<void> {
  const event = (EVENTS as Record<string, Condition>)[name];
  const list = (LISTS as Record<string, Condition>)[name];
  const condition = event ?? list;
  // Log events are not compared, so nothing waits for them.
  if (condition === undefined) return;
  const isTrue = async () => {
    try {
      return (await condition(run, params)) || undefined;
    } catch (error) {
      if (error instanceof ActionError) return undefined;
      throw error;
    }
  };
  const seen = await run.poll(isTrue, event === undefined ? PATIENCE_SECONDS : undefined);
  if (event !== undefined && seen === undefined) throw new Fail(`${name} did not come`);
}
