// TestState: one state on its own, run by the same interpreter as every execution.
//   refuse what does not fit together -> find the state -> run it -> say how it ended and, if asked, how it got there
import type { InspectionData, TestStateOutput } from '@aws-sdk/client-sfn';
import { validation } from '../api/exceptions.ts';
import { checkPayload, executionInput } from '../api/execution-input.ts';
import { assert } from '../errors.ts';
import { isObject, type Json, parseJson, printJson } from '../expr/json.ts';
import { jsonComplaint } from '../expr/json-complaint.ts';
import type { World } from '../world.ts';
import { contextOf } from './context.ts';
import { answerGroup } from './group.ts';
import { type Inspection, newInspection } from './inspection.ts';
import { mockedAnswer } from './mock.ts';
import { checkMeans, checkRequest } from './refusals.ts';
import type { TestStateRequest } from './request.ts';
import { type Departed, runTrial } from './run.ts';
import { findSubject } from './subject.ts';
import { tracedExchange } from './trace.ts';

/** Throws ApiError for what is wrong with the request; what is wrong with the state is its answer. */
export async function testState(world: World, request: TestStateRequest): Promise<TestStateOutput> {
  checkPayload(world, 'variables', request.variables);
  checkPayload(world, 'mock.result', request.mock?.result);
  checkPayload(world, 'context', request.context);
  checkPayload(world, 'stateConfiguration.mapItemReaderData', request.stateConfiguration?.mapItemReaderData);
  checkRequest(request);
  const subject = findSubject(request.definition, request.stateName);
  checkMeans(subject, request);
  const { mock, stateConfiguration = {} } = request;
  const answer = mock === undefined ? undefined : mockedAnswer(subject.state, mock);
  const input = executionInput(world, request.input);
  const context = contextOf(world, subject, request, input);
  const variables = variablesIn(request.variables);
  const inspection = newInspection(input);
  const departed = await runTrial(world, {
    subject,
    input,
    roleArn: request.roleArn ?? '',
    variables,
    retryCount: stateConfiguration.retrierRetryCount ?? 0,
    answer,
    bench: {
      context,
      observe: inspection.observe,
      async beginGroup(step, frame, state) {
        assert(answer !== undefined, `A ${state.Type} is only tested with a mock`);
        await answerGroup(step, frame, state, answer, stateConfiguration, inspection.data);
      },
    },
    trace(exchange) {
      if (request.inspectionLevel === 'TRACE')
        Object.assign(inspection.data, tracedExchange(exchange, request.revealSecrets === true));
    },
  });
  const isInspected = request.inspectionLevel === 'DEBUG' || request.inspectionLevel === 'TRACE';
  const inspectionData = { ...inspection.data, ...shownVariables({ ...variables, ...departed.assigned }) };
  return { ...verdict(departed, inspection), ...(isInspected ? { inspectionData } : {}) };
}

function verdict({ output, nextState, error, cause }: Departed, inspection: Inspection): TestStateOutput {
  const left = { ...(output === undefined ? {} : { output }), ...(nextState === undefined ? {} : { nextState }) };
  if (inspection.isRetried) return { status: 'RETRIABLE', ...failureOf(inspection) };
  if (output === undefined) return { status: 'FAILED', ...failureOf({ failure: { error, cause } }) };
  if (inspection.isCaught) return { status: 'CAUGHT_ERROR', ...failureOf(inspection), ...left };
  return { status: 'SUCCEEDED', ...left };
}

function failureOf({ failure }: Pick<Inspection, 'failure'>): Pick<TestStateOutput, 'error' | 'cause'> {
  const { error, cause } = failure ?? {};
  return { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
}

/** Variables as the engine keeps them: JSON text by name. */
function variablesIn(text: string | undefined): Record<string, string> {
  if (text === undefined) return {};
  let values: Json;
  try {
    values = parseJson(text);
  } catch {
    throw validation(`Invalid Variables provided: ${jsonComplaint(text).message}`);
  }
  if (!isObject(values)) throw validation('Invalid Variables provided: Variables must be a JSON object');
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, printJson(value)]));
}

function shownVariables(variables: Record<string, string>): Pick<InspectionData, 'variables'> {
  const entries = Object.entries(variables);
  if (entries.length === 0) return {};
  return { variables: `{${entries.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}` };
}
