// Events have the members that the service's model gives them, and no others: SDKs in strict languages refuse more.
import { expect, test } from 'vitest';
import { parseShapes } from '../../../core/test-state/shape-notation.ts';
import sfn from '../../../core/test-state/shapes/sfn.ts';
import { memoryWorld } from '../../support/memory-world.ts';

const shapes = parseShapes(sfn);

function membersOf(type: string): { name: string; type: string }[] {
  const shape = shapes.read(type);
  return shape.kind === 'structure' ? shape.fields : [];
}

const pascal = (name: string) => `${name[0]!.toUpperCase()}${name.slice(1)}`;

/** `TaskScheduled.foo` for every member of an event's details that the model does not have. */
function unknownMembers(event: Record<string, unknown>): string[] {
  return Object.entries(event)
    .filter(([name]) => name.endsWith('EventDetails'))
    .flatMap(([name, details]) => {
      const field = membersOf('HistoryEvent').find((member) => member.name === pascal(name));
      const known = field === undefined ? [] : membersOf(field.type).map((member) => member.name);
      return Object.keys(details as object)
        .filter((member) => !known.includes(pascal(member)))
        .map((member) => `${event.type}.${member}`);
    });
}

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:work';
const LIMITS = { TimeoutSeconds: 9, HeartbeatSeconds: 5 };
const Credentials = { RoleArn: 'arn:aws:iam::123456789012:role/other' };
const FAIL = { StartAt: 'B', States: { B: { Type: 'Fail', Error: 'E' } } };
const one = (state: object) => ({ StartAt: 'A', States: { A: { End: true, ...state } } });
const task = (Resource: string, more: object = {}) => one({ Type: 'Task', Resource, ...LIMITS, ...more });

test.each([
  ['a function', task(FUNCTION, { Credentials }), ['LambdaFunctionScheduled', 'LambdaFunctionSucceeded']],
  [
    'an optimised integration',
    task('arn:aws:states:::lambda:invoke', { Credentials, Parameters: { FunctionName: 'work' } }),
    ['TaskScheduled', 'TaskSucceeded'],
  ],
  [
    'a callback that does not come',
    task('arn:aws:states:::lambda:invoke.waitForTaskToken', { Parameters: { FunctionName: 'work', Payload: {} } }),
    ['TaskSubmitted', 'TaskTimedOut'],
  ],
  ['an activity', task('arn:aws:states:us-east-1:123456789012:activity:a'), ['ActivityScheduled']],
  [
    'a Map with a variable',
    one({ Type: 'Map', ItemsPath: '$', Assign: { x: 1 }, ItemProcessor: FAIL }),
    ['MapStateStarted', 'MapIterationFailed', 'ExecutionFailed'],
  ],
  [
    'an expression without a value',
    { ...one({ Type: 'Pass', Output: '{% $nothing %}' }), QueryLanguage: 'JSONata' },
    ['EvaluationFailed'],
  ],
])('%s', async (_title, definition, types) => {
  const world = memoryWorld({ work: () => 'done' });
  const { events } = await world.run(definition, [1]);
  expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(types));
  expect(events.flatMap((event) => unknownMembers(event as Record<string, unknown>))).toEqual([]);
});
