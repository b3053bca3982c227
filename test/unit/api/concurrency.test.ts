// Requests for one name that come in at the same time, in every mixture: the head item's conditional put orders them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Condition, Item, Key } from '../../../core/ports.ts';
import { answer, apiWorld, call, PASS, PREFIX, ROLE } from './world.ts';

const ARN = `${PREFIX}stateMachine:machine`;
const commented = (comment: number) => JSON.stringify({ ...JSON.parse(PASS), Comment: String(comment) });

const request = fc.oneof(
  fc.nat(2).map((n) => ({
    action: 'CreateStateMachine',
    input: { name: 'machine', definition: commented(n), roleArn: ROLE, publish: n === 0 },
  })),
  fc.nat(2).map((n) => ({
    action: 'UpdateStateMachine',
    input: { stateMachineArn: ARN, definition: commented(n), publish: n === 1 },
  })),
  fc.constant({ action: 'PublishStateMachineVersion', input: { stateMachineArn: ARN } }),
  fc.constant({
    action: 'CreateStateMachineAlias',
    input: { name: 'live', routingConfiguration: [{ stateMachineVersionArn: `${ARN}:1`, weight: 100 }] },
  }),
  fc.constant({ action: 'TagResource', input: { resourceArn: ARN, tags: [{ key: 'k', value: 'v' }] } }),
  fc.constant({ action: 'DeleteStateMachineVersion', input: { stateMachineVersionArn: `${ARN}:1` } }),
  fc.constant({ action: 'DeleteStateMachine', input: { stateMachineArn: ARN } }),
);

describe('requests at once', () => {
  test('leave a machine whose revision and versions can all be described, or none at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 2, maxLength: 12 }), async (requests) => {
        const world = apiWorld();
        const answers = await Promise.all(requests.map(({ action, input }) => call(world, action, input)));
        for (const { $status } of answers) expect($status).toBeLessThan(500);
        const { stateMachines } = await answer(world, 'ListStateMachines');
        const described = await call(world, 'DescribeStateMachine', { stateMachineArn: ARN });
        expect(described.$status === 200 ? 1 : described.__type).toBe(
          stateMachines.length || 'StateMachineDoesNotExist',
        );
        if (described.$status !== 200) return;
        const { stateMachineVersions } = await answer(world, 'ListStateMachineVersions', { stateMachineArn: ARN });
        for (const { stateMachineVersionArn } of stateMachineVersions)
          await answer(world, 'DescribeStateMachine', { stateMachineArn: stateMachineVersionArn });
        const published = await answer(world, 'PublishStateMachineVersion', { stateMachineArn: ARN });
        const version = await answer(world, 'DescribeStateMachine', {
          stateMachineArn: published.stateMachineVersionArn,
        });
        expect(version.definition).toBe(described.definition);
      }),
      { numRuns: 200 },
    );
  });
});

test('an update whose write the SDK sent twice keeps the revision that it has made current', async () => {
  const inside = apiWorld();
  await answer(inside, 'CreateStateMachine', { name: 'machine', definition: PASS, roleArn: ROLE });
  const deleted: string[] = [];
  const world = {
    ...inside,
    table: {
      ...inside.table,
      async put(item: Item, condition?: Condition) {
        const isPut = await inside.table.put(item, condition);
        return item.pk === 'machines' ? await inside.table.put(item, condition) : isPut;
      },
      async delete(key: Key) {
        deleted.push(key.sk);
        await inside.table.delete(key);
      },
    },
  };
  await answer(world, 'UpdateStateMachine', { stateMachineArn: ARN, definition: commented(1) });
  expect(deleted).toEqual([]);
});
