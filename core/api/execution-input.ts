// The input of an execution: JSON text within the deployment's limit on payloads.
import { nestingDepth, parseJson } from '../expr/json.ts';
import { jsonComplaint } from '../expr/json-complaint.ts';
import type { World } from '../world.ts';
import { invalidExecutionInput, validation } from './exceptions.ts';

/** What an execution without input gets. */
const DEFAULT_INPUT = '{}';
/** The default of the JSON parser that the service's texts show it to use; the text is that parser's. */
const DEPTH_MAX = 1_000;

/** The input as it will be stored. Throws ValidationException when it is too long, InvalidExecutionInput when it is no JSON. */
export function executionInput(world: World, input = DEFAULT_INPUT): string {
  checkPayload(world, 'input', input);
  const limit = world.settings.limits.payloadBytes;
  if (Buffer.byteLength(input) > limit)
    throw invalidExecutionInput(`Input exceeds the maximum of ${limit} bytes in UTF-8`);
  const depth = nestingDepth(input);
  if (depth > DEPTH_MAX)
    throw invalidExecutionInput(`Document nesting depth (${depth}) exceeds the maximum allowed (${DEPTH_MAX})`);
  try {
    parseJson(input);
  } catch {
    throw invalidExecutionInput(jsonComplaint(input).message);
  }
  return input;
}

/** Throws ValidationException for a member that is longer than a payload can be. */
export function checkPayload({ settings }: Pick<World, 'settings'>, member: string, text: string | undefined): void {
  const limit = settings.limits.payloadBytes;
  if (text === undefined || text.length <= limit) return;
  throw validation(
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ` +
      `Member must have length less than or equal to ${limit}`,
  );
}
