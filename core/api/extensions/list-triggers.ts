// All triggers of the deployment, or those of one machine. A definition is JSON text, as it was put.
import { printJson } from '../../expr/json.ts';
import { listTriggers } from '../../triggers/store.ts';
import { action, epochSeconds } from '../action.ts';
import { parseArn } from '../arn.ts';
import { ARN } from '../members.ts';

const members = { stateMachineArn: ARN } as const;

export const ListTriggers = action(members, async ({ stateMachineArn }, world) => {
  const machine = stateMachineArn && parseArn(stateMachineArn, 'stateMachine').name;
  const triggers = (await listTriggers(world)).filter(({ machineName }) => !machine || machineName === machine);
  return {
    triggers: triggers.map(({ stateMachineArn, machineName, name, definition, project, changedAt }) => ({
      stateMachineArn,
      stateMachineName: machineName,
      name,
      definition: printJson(definition as object as Parameters<typeof printJson>[0]),
      ...(project && { project }),
      changeDate: epochSeconds(changedAt),
    })),
  };
});
