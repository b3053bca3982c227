// `arn:…:stateMachine:name#TestCase`, as of Step Functions Local: where calls can be mocked, the ARN of a start may name
// the test case that says how.
import type { Mocks } from '../integrations/mocked.ts';
import { invalidArn } from './exceptions.ts';

/** The ARN itself, and the test case after it. Without mocks an ARN has no such part, and is refused as on AWS. */
export function splitTestCase(mocks: Mocks | undefined, arn: string): { machineArn: string; testCase?: string } {
  const at = mocks === undefined ? -1 : arn.indexOf('#');
  return at === -1 ? { machineArn: arn } : { machineArn: arn.slice(0, at), testCase: arn.slice(at + 1) };
}

/** Throws InvalidArn for a test case that the configuration does not have. */
export function checkTestCase(mocks: Mocks | undefined, machine: string, testCase: string): void {
  if (mocks?.machines.get(machine)?.has(testCase)) return;
  throw invalidArn(`The mock configuration has no test case '${testCase}' for the state machine '${machine}'`);
}
