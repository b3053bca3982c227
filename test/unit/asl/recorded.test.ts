// Every definition that AWS took must be taken, and every refusal recorded on AWS must be given to the letter. Runs where
// the recordings lie beside the repository.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  checkDefinition,
  checkSingleState,
  type Diagnostic,
  invalidDefinitionMessage,
} from '../../../core/asl/check.ts';
import { variableReferences } from '../../../core/asl/variables.ts';

const FOLDER = new URL('../../../../shared/conformance/aws/', import.meta.url);

test.runIf(!existsSync(FOLDER))('has no recordings to compare with here', () => {});

interface Recorded {
  id: string;
  kind: string;
  trust: string;
  type?: 'STANDARD' | 'EXPRESS';
  definition?: unknown;
  definition_raw?: string;
  request?: { type?: 'STANDARD' | 'EXPRESS'; definition?: unknown };
  expected: {
    accepted?: boolean;
    message?: string;
    response?: { diagnostics?: Diagnostic[] };
    variableReferences?: Record<string, string[]> | null;
  };
  steps?: { op?: string; params?: { definition?: string; type?: 'STANDARD' | 'EXPRESS' }; expect_error?: unknown }[];
}

function read(kind: string): Recorded[] {
  if (!existsSync(FOLDER)) return [];
  return readdirSync(FOLDER)
    .filter((file) => file.startsWith(kind))
    .flatMap((file) => {
      const content = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));
      return (Array.isArray(content) ? content : content.cases) as Recorded[];
    })
    .filter((recorded) => recorded.trust === 'aws');
}

const VALUES: Record<string, string> = { partition: 'aws', region: 'us-east-1', account: '111111111111' };

function textOf(definition: unknown): string {
  const text = typeof definition === 'string' ? definition : JSON.stringify(definition);
  return text.replace(/[$]?[{<](partition|region|account)[>}]/g, (_whole, name: string) => VALUES[name] ?? '');
}

function errorsOf(diagnostics: Diagnostic[]): Diagnostic[] {
  return diagnostics.filter(({ severity }) => severity === 'ERROR');
}

test.each(read('execution'))('accepts what AWS ran: $id', ({ definition, definition_raw, type }) => {
  const { diagnostics } = checkDefinition(textOf(definition_raw ?? definition), type ? { type } : {});
  expect(errorsOf(diagnostics)).toEqual([]);
});

test.each(read('validation').filter(({ expected }) => expected.response?.diagnostics))(
  'answers ValidateStateMachineDefinition as recorded: $id',
  ({ definition, definition_raw, request, expected }) => {
    const { diagnostics } = checkDefinition(definition_raw ?? textOf(definition), {
      type: request?.type ?? 'STANDARD',
    });
    expect(errorsOf(diagnostics)).toEqual(expected.response?.diagnostics);
  },
);

test.each(read('validation').filter(({ expected }) => expected.message))(
  'refuses as recorded: $id',
  ({ definition, definition_raw, type, expected }) => {
    const { diagnostics } = checkDefinition(definition_raw ?? textOf(definition), type ? { type } : {});
    expect(invalidDefinitionMessage(diagnostics)).toBe(expected.message);
  },
);

test.each(read('validation').filter(({ expected }) => 'variableReferences' in expected))(
  'finds the variables as recorded: $id',
  ({ definition, expected }) => {
    const { definition: checked } = checkDefinition(textOf(definition));
    expect(checked && variableReferences(checked)).toEqual(expected.variableReferences ?? {});
  },
);

/** Definitions that are no text of another call's answer, and the refusal recorded for them, if any. */
const created = read('api').flatMap(({ id, steps = [] }) => {
  const refusals = JSON.stringify(steps).match(/Invalid State Machine Definition: '[^"]*'/g) ?? [];
  const calls = steps.flatMap((step) => (step.op?.endsWith('StateMachine') && step.params?.definition ? [step] : []));
  return calls
    .filter(({ params }) => !params?.definition?.includes('${c'))
    .map(({ params }) => ({ id, ...params, refusal: refusals[0] }));
});

test.each(created)('judges the definition in $id', ({ definition, type, refusal }) => {
  const { diagnostics } = checkDefinition(textOf(definition), type ? { type } : {});
  if (refusal === undefined) expect(errorsOf(diagnostics)).toEqual([]);
  else expect(invalidDefinitionMessage(diagnostics)).toBe(refusal);
});

test.each(read('test_state').filter(({ request }) => request?.definition !== undefined))(
  'judges the state of $id',
  ({ request, expected }) => {
    const text = textOf(request?.definition);
    const isMachine = !('Type' in JSON.parse(text));
    const { diagnostics } = isMachine ? checkDefinition(text) : checkSingleState(text);
    const refusal = /Invalid State Machine Definition: '[^"]*'/.exec(JSON.stringify(expected))?.[0];
    if (refusal === undefined) expect(errorsOf(diagnostics)).toEqual([]);
    else expect(invalidDefinitionMessage(diagnostics)).toBe(refusal);
  },
);
