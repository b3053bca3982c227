// Cases of the kinds `validation` and `test_state`: one action answers a definition, and its answer or its error is
// compared with the recording. Also how a recorded error is compared, whichever way the recording kept it.
import type { JsonObject } from '../../core/expr/json.ts';
import { isObject } from '../../core/expr/json.ts';
import type { CaseRun } from './case-run.ts';
import { Fail } from './case-run.ts';
import { ActionError } from './client.ts';
import type { Difference } from './compare.ts';
import { parsed } from './compare.ts';
import { machineName, roleArn } from './execution.ts';

const ANY_DEFINITION = '{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}';
const JSON_MEMBERS = ['definition', 'input', 'context', 'variables'];

export async function runValidation(run: CaseRun): Promise<Difference[]> {
  const { op, expected, request = {}, type } = run.case;
  const recorded = expected.response ?? {};
  const definition = run.text(run.case as unknown as JsonObject, 'definition');
  const machine = { name: machineName(run), definition, roleArn: roleArn(run), type: type ?? 'STANDARD' };
  if (op === 'ValidateStateMachineDefinition') {
    const check = { definition, ...(run.names.fill(request) as JsonObject) };
    if ('Error' in recorded || 'exception_typename' in recorded) return expectError(run, op, check, recorded);
    return run.judge.value(recorded, await run.call(op, check), '$');
  }
  if (op?.startsWith('DescribeStateMachine')) {
    const { stateMachineArn } = await run.call('CreateStateMachine', machine);
    const { definition: _, ...live } = await run.call('DescribeStateMachine', { stateMachineArn: stateMachineArn! });
    return run.judge.value(withSortedVariables(recorded), withSortedVariables(live), '$');
  }
  if (op === 'UpdateStateMachine') {
    const { stateMachineArn } = await run.call('CreateStateMachine', { ...machine, definition: ANY_DEFINITION });
    return expectError(run, op, { stateMachineArn: stateMachineArn!, definition }, recorded);
  }
  return expectError(run, 'CreateStateMachine', machine, recorded);
}

export async function runTestState(run: CaseRun): Promise<Difference[]> {
  const { request = {}, expected } = run.case;
  await run.prepare();
  const members = Object.keys(request).filter((member) => !member.endsWith('_raw'));
  const value = (member: string) =>
    JSON_MEMBERS.includes(member) ? run.text(request, member) : run.names.fill(request[member]!);
  const body = Object.fromEntries(members.map((member) => [member, value(member)]));
  if (expected.error_response !== undefined) return expectError(run, 'TestState', body, expected.error_response);
  return run.judge.value(expected.response ?? {}, await run.call('TestState', body), '$');
}

/** Differences of an error: recorded as a response, or as the exception's name and text. */
export function judgeError(run: CaseRun, error: ActionError, recorded: JsonObject): Difference[] {
  if ('exception_typename' in recorded || 'exception_value' in recorded) {
    const live: JsonObject = {
      exception_typename: error.code,
      exception_value: `An error occurred (${error.code}) when calling the ${error.action} operation: ${error.message}`,
    };
    return Object.keys(live)
      .filter((member) => member in recorded)
      .flatMap((member) => {
        const text = recorded[member]!;
        // Some texts were recorded as JSON text.
        const unquoted = typeof text === 'string' && text.startsWith('"') ? parsed(text)! : text;
        return run.judge.value(unquoted, live[member]!, `$.${member}`);
      });
  }
  const { Error: named = {}, ResponseMetadata: metadata, message: _, Message: __, ...members } = recorded;
  const { Code = null, Message = null } = named as JsonObject;
  const differences = [
    ...run.judge.value(Code, error.code, '$.Error.Code'),
    ...run.judge.value(Message, error.body.message ?? error.body.Message ?? null, '$.Error.Message'),
    ...Object.entries(members).flatMap(([name, value]) =>
      run.judge.value(value, error.body[name] ?? null, `$.${name}`),
    ),
  ];
  const status = isObject(metadata) ? (metadata as JsonObject).HTTPStatusCode : undefined;
  if (status !== undefined && status !== error.status)
    differences.push({ path: '$ HTTP status', why: 'value', expected: status, got: error.status });
  return differences;
}

/** `variableReferences` lists names in no particular order. */
export function withSortedVariables(answer: JsonObject): JsonObject {
  const { variableReferences: references } = answer;
  if (!isObject(references)) return answer;
  const sorted = Object.entries(references).map(([state, names]) => [
    state,
    Array.isArray(names) ? names.toSorted() : names,
  ]);
  return { ...answer, variableReferences: Object.fromEntries(sorted) };
}

async function expectError(
  run: CaseRun,
  action: string,
  body: JsonObject,
  recorded: JsonObject,
): Promise<Difference[]> {
  let answer: JsonObject;
  try {
    answer = await run.call(action, body);
  } catch (error) {
    if (error instanceof ActionError) return judgeError(run, error, recorded);
    throw error instanceof Error ? error : new Fail(String(error));
  }
  return [{ path: '$', why: `${action} succeeded`, expected: recorded.Error ?? recorded, got: answer }];
}
