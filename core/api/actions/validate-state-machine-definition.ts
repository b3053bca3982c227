// Checks a definition without creating anything: all findings, at most as many as asked for.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
import type { ValidateStateMachineDefinitionInput, ValidateStateMachineDefinitionOutput } from '@aws-sdk/client-sfn';
import { checkDefinition } from '../../asl/check.ts';
import { isError } from '../../asl/diagnostic.ts';
import { action, type Wire } from '../action.ts';
import { DEFINITION, MACHINE_TYPE, REQUIRED } from '../members.ts';
import { pageSize } from '../page.ts';
import type { Members } from '../shape.ts';

const members = {
  definition: { ...DEFINITION, ...REQUIRED },
  type: MACHINE_TYPE,
  severity: { kind: 'string', values: ['ERROR', 'WARNING'] },
  maxResults: { kind: 'integer', min: 0, max: 100 },
} as const satisfies Members<keyof ValidateStateMachineDefinitionInput>;

export const ValidateStateMachineDefinition = action(members, async (input) => {
  const { diagnostics } = checkDefinition(input.definition, { type: input.type ?? 'STANDARD' });
  const asked = input.severity === 'WARNING' ? diagnostics : diagnostics.filter(isError);
  const limit = pageSize(input.maxResults);
  return {
    result: diagnostics.some(isError) ? 'FAIL' : 'OK',
    diagnostics: asked.slice(0, limit),
    truncated: asked.length > limit,
  } satisfies Wire<ValidateStateMachineDefinitionOutput>;
});
