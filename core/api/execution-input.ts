// The input of an execution: JSON text within the deployment's limit on payloads.
import { parseJson } from '../expr/json.ts';
import type { World } from '../world.ts';
import { invalidExecutionInput, validation } from './exceptions.ts';

/** What an execution without input gets. */
const DEFAULT_INPUT = '{}';

/** The input as it will be stored. Throws ValidationException when it is too long, InvalidExecutionInput when it is no JSON. */
export function executionInput(world: World, input = DEFAULT_INPUT): string {
  const limit = world.settings.limits.payloadBytes;
  if (input.length > limit)
    throw validation(
      "1 validation error detected: Value at 'input' failed to satisfy constraint: " +
        `Member must have length less than or equal to ${limit}`,
    );
  if (Buffer.byteLength(input) > limit)
    throw invalidExecutionInput(`Input exceeds the maximum of ${limit} bytes in UTF-8`);
  try {
    parseJson(input);
  } catch (error) {
    throw invalidExecutionInput((error as SyntaxError).message);
  }
  return input;
}
