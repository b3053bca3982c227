// Requests that TestState refuses before it runs anything: what fits together, and what needs a mock. AWS's texts
// where they are recorded.
import { checkRoleArn } from '../api/configuration.ts';
import { invalidDefinition, validation } from '../api/exceptions.ts';
import { parseResource } from '../engine/call.ts';
import type { TestStateRequest } from './request.ts';
import type { Subject } from './subject.ts';

/** Types that a state can be tested with although nothing is mocked, in AWS's order. */
const TESTED_ALONE = ['Task', 'Wait', 'Pass', 'Succeed', 'Fail', 'Choice'];
const MOCKED = ['Task', 'Map', 'Parallel'];

/** What can be seen without the definition. */
export function checkRequest({ mock, context, revealSecrets, stateConfiguration = {} }: TestStateRequest): void {
  if (mock === undefined) {
    const name = Object.keys(stateConfiguration)[0] ?? (context === undefined ? undefined : 'context');
    if (name === undefined) return;
    throw validation(`TestState does not support ${capitalized(name)} when a mock is not specified.`);
  }
  if (mock.result !== undefined && mock.errorOutput !== undefined)
    throw validation('A test mock should have only one of the following fields: [result, errorOutput].');
  if (mock.result === undefined && mock.errorOutput === undefined)
    throw validation('A test mock should have one of the following fields: [result, errorOutput].');
  if (mock.errorOutput !== undefined && mock.errorOutput.error === undefined)
    throw validation('A mocked errorOutput should have the following field: [error].');
  if (revealSecrets === true) throw validation('TestState does not support RevealSecrets when a mock is specified.');
}

/** What depends on the state. */
export function checkMeans({ state }: Subject, { mock, roleArn }: TestStateRequest): void {
  if (mock !== undefined) {
    if (MOCKED.includes(state.Type)) return;
    throw validation(`State type '${state.Type}' is not supported when a mock is specified`);
  }
  if (!TESTED_ALONE.includes(state.Type))
    throw invalidDefinition(
      `TestState API does not support Map or Parallel states. Supported state types include: [${TESTED_ALONE.join(', ')}]`,
    );
  if (roleArn !== undefined) checkRoleArn(roleArn);
  if (state.Type !== 'Task') return;
  const integration = parseResource(state.Resource);
  if (integration.kind === 'activity' || (integration.kind === 'service' && integration.pattern !== ''))
    throw invalidDefinition(
      `TestState API does not support Activity tasks, nor the .sync and .waitForTaskToken service integration patterns, when a mock is not specified: ${state.Resource}`,
    );
  if (roleArn === undefined) throw validation('RoleArn must be specified when testing a Task state');
}

function capitalized(name: string): string {
  return `${name[0]!.toUpperCase()}${name.slice(1)}`;
}
