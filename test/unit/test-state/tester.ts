// Asks TestState as the SDK would: values become JSON texts, and of the answer's texts values.
import type { InspectionData, TestStateInput, TestStateOutput } from '@aws-sdk/client-sfn';
import { type MemoryWorld, memoryWorld } from '../../support/memory-world.ts';
import type { TestFunction } from '../../support/test-functions.ts';

export const ROLE = 'arn:aws:iam::123456789012:role/test';

export interface Question extends Omit<TestStateInput, 'definition' | 'input' | 'variables' | 'context'> {
  definition: object | string;
  input?: unknown;
  variables?: object;
  context?: unknown;
}

export interface Tested extends Omit<TestStateOutput, 'inspectionData' | 'output'> {
  output?: unknown;
  /** At level DEBUG, which every question has unless it says otherwise. */
  inspectionData?: Record<keyof InspectionData, unknown>;
}

export function tester(functions: Record<string, TestFunction> = {}): {
  world: MemoryWorld;
  ask(question: Question): Promise<Tested>;
} {
  const world = memoryWorld(functions);
  return {
    world,
    async ask({ definition, input, variables, context, ...rest }) {
      const answer = await world.api('TestState', {
        inspectionLevel: 'DEBUG',
        ...rest,
        definition: typeof definition === 'string' ? definition : JSON.stringify(definition),
        ...texts({ input, variables, context }),
      });
      return values(answer) as Tested;
    },
  };
}

function texts(members: Record<string, unknown>): Record<string, string> {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, JSON.stringify(value)]));
}

const NO_JSON = new Set(['status', 'error', 'cause', 'nextState']);

function values(answer: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]) => [
      name,
      name === 'inspectionData'
        ? values(value as Record<string, unknown>)
        : typeof value === 'string' && !NO_JSON.has(name)
          ? JSON.parse(value)
          : value,
    ]),
  );
}
