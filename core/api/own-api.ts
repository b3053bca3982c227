// The API for executions of this very deployment: nested executions and `aws-sdk:sfn` calls take this door instead of
// the network. The same actions, the same checks, the same errors.
import { ApiError } from '../errors.ts';
import type { JsonObject } from '../expr/json.ts';
import type { OwnApi, World } from '../world.ts';
import { ACTIONS } from './actions/index.ts';
import { StartExecution, start } from './actions/start-execution.ts';
import { resumeChild } from './redrive-child.ts';
import { readInput } from './shape.ts';

export function ownApi(world: World): OwnApi {
  return {
    async perform(name, input, parent) {
      const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name as keyof typeof ACTIONS] : undefined;
      if (action === undefined || 'unsupported' in action)
        throw new ApiError('UnknownOperationException', `${name} is not supported`);
      const checked = readInput(action.members, input);
      const output =
        action === StartExecution
          ? await start(checked as Parameters<typeof start>[0], world, parent)
          : await action.run(checked, world);
      return output as JsonObject;
    },
    resumeChild: (executionArn, parent) => resumeChild(world, executionArn, parent),
  };
}
