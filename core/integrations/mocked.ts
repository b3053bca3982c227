// Mocked calls, as in Step Functions Local: an execution that runs a test case takes the answers of the states named
// there from a configuration, and makes no call for them. Pure: the configuration is data, a call knows its place.
import { type Call, type CallOutcome, parseResource } from '../engine/call.ts';

/** The answer to the calls number `from` to `to` of one state in one execution; the first is 0. */
export interface MockedResponse {
  from: number;
  to: number;
  answer: Extract<CallOutcome, { kind: 'succeeded' | 'failed' }>;
}

export interface Mocks {
  /** Name of the response by machine, test case and state. */
  machines: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, string>>>;
  responses: ReadonlyMap<string, readonly MockedResponse[]>;
}

/** What the configuration says to this call; undefined where the call is to be made. */
export function mockedOutcome(mocks: Mocks | undefined, call: Call): CallOutcome | undefined {
  if (mocks === undefined || call.test === undefined) return undefined;
  const { machine, testCase, state, attempt } = call.test;
  const name = mocks.machines.get(machine)?.get(testCase)?.get(state);
  if (name === undefined) return undefined;
  const response = mocks.responses.get(name)?.find(({ from, to }) => from <= attempt && attempt <= to);
  return response === undefined ? noResponse(name, state, attempt) : asAnswered(call, response.answer);
}

function noResponse(name: string, state: string, attempt: number): CallOutcome {
  const cause = `The mocked response '${name}' has nothing for call ${attempt} of the state '${state}'; the first call is 0.`;
  return { kind: 'failed', error: 'States.Runtime', cause };
}

/** Where the real call would be submitted and answered later, the mocked result is that later answer. */
function asAnswered(call: Call, answer: MockedResponse['answer']): CallOutcome {
  const integration = parseResource(call.resource);
  const isSubmitted = integration.kind === 'service' && integration.pattern !== '';
  return isSubmitted && answer.kind === 'succeeded' ? { kind: 'submitted', output: answer.output, answer } : answer;
}
