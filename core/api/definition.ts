// Definitions on their way in and out of the API: checked on the way in, described on the way out.
import { checkDefinition, invalidDefinitionMessage } from '../asl/check.ts';
import { variableReferences } from '../asl/variables.ts';
import type { Revision } from '../store/machines.ts';
import { invalidDefinition } from './exceptions.ts';

/** Throws InvalidDefinition. */
export function checkedDefinition(text: string, type: Revision['type']): void {
  const { definition, diagnostics } = checkDefinition(text, { type });
  if (definition === undefined) throw invalidDefinition(invalidDefinitionMessage(diagnostics));
}

/**
 * What both descriptions of a state machine say about its revision. The initial revision's id is not shown. Without
 * data the definition is an empty object.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html
 */
export function revisionOutput(revision: Revision, includedData: 'ALL_DATA' | 'METADATA_ONLY' = 'ALL_DATA') {
  const { name, definition, roleArn, revisionId, isInitial } = revision;
  return {
    name,
    definition: includedData === 'ALL_DATA' ? definition : '{}',
    roleArn,
    loggingConfiguration: revision.loggingConfiguration,
    tracingConfiguration: revision.tracingConfiguration,
    encryptionConfiguration: revision.encryptionConfiguration,
    ...(!isInitial && { revisionId }),
    ...(includedData === 'ALL_DATA' && references(revision)),
  };
}

/** Absent unless a state reads a variable. */
function references({ definition, type }: Revision): { variableReferences?: Record<string, string[]> } {
  const checked = checkDefinition(definition, { type }).definition;
  const found = checked === undefined ? {} : variableReferences(checked);
  return Object.keys(found).length === 0 ? {} : { variableReferences: found };
}
