import { describe, expect, test } from 'vitest';
import { pickVersion } from '../../../core/api/aliases.ts';
import { answer, apiWorld, call, newMachine, PASS, PREFIX, refusal, START, type TestWorld } from './world.ts';

const ARN = `${PREFIX}stateMachine:machine`;

const publish = (world: TestWorld, more: object = {}) =>
  answer(world, 'PublishStateMachineVersion', { stateMachineArn: ARN, ...more });

const update = (world: TestWorld, comment: string, more: object = {}) => {
  const definition = JSON.stringify({ ...JSON.parse(PASS), Comment: comment });
  return answer(world, 'UpdateStateMachine', { stateMachineArn: ARN, definition, ...more });
};

const versionsOf = async (world: TestWorld, page: object = {}): Promise<string[]> => {
  const listed = await answer(world, 'ListStateMachineVersions', { stateMachineArn: ARN, ...page });
  return listed.stateMachineVersions.map((version: { stateMachineVersionArn: string }) =>
    version.stateMachineVersionArn.slice(ARN.length + 1),
  );
};

const route = (...weights: [number, number][]) =>
  weights.map(([version, weight]) => ({ stateMachineVersionArn: `${ARN}:${version}`, weight }));

describe('versions', () => {
  test('a revision has one version however often it is published', async () => {
    const world = apiWorld();
    const { stateMachineVersionArn } = await answer(world, 'CreateStateMachine', {
      ...{ name: 'machine', definition: PASS, roleArn: 'arn:aws:iam::123456789012:role/r', publish: true },
    });
    expect(stateMachineVersionArn).toBe(`${ARN}:1`);
    world.clock.advanceTo(START + 60_000);
    expect(await publish(world)).toEqual({ stateMachineVersionArn, creationDate: START / 1000 });
    const same = { stateMachineArn: ARN, definition: PASS, publish: true };
    expect((await answer(world, 'UpdateStateMachine', same)).stateMachineVersionArn).toBe(stateMachineVersionArn);
    expect(await versionsOf(world)).toEqual(['1']);
  });

  test('of 20 requests at once all give the same version', async () => {
    const world = apiWorld();
    await newMachine(world);
    const answers = await Promise.all(Array.from({ length: 20 }, () => publish(world)));
    expect(new Set(answers.map((each) => each.stateMachineVersionArn))).toEqual(new Set([`${ARN}:1`]));
  });

  test('numbers are never given twice', async () => {
    const world = apiWorld();
    await newMachine(world, 'machine', { publish: true });
    await update(world, 'second', { publish: true });
    await answer(world, 'DeleteStateMachineVersion', { stateMachineVersionArn: `${ARN}:2` });
    expect((await publish(world)).stateMachineVersionArn).toBe(`${ARN}:3`);
  });

  test('are listed newest first, page by page', async () => {
    const world = apiWorld();
    await newMachine(world, 'machine', { publish: true });
    for (let number = 2; number <= 11; number += 1) await update(world, String(number), { publish: true });
    expect(await versionsOf(world)).toEqual(['11', '10', '9', '8', '7', '6', '5', '4', '3', '2', '1']);
    const page = { stateMachineArn: ARN, maxResults: 10 };
    const { nextToken } = await answer(world, 'ListStateMachineVersions', page);
    expect(await versionsOf(world, { ...page, nextToken })).toEqual(['1']);
  });

  test('are described as they were published', async () => {
    const world = apiWorld();
    await newMachine(world, 'machine', { publish: true, versionDescription: 'the first' });
    await update(world, 'second');
    expect(await answer(world, 'DescribeStateMachine', { stateMachineArn: `${ARN}:1` })).toMatchObject({
      stateMachineArn: `${ARN}:1`,
      definition: PASS,
      description: 'the first',
    });
  });

  test('are published of the revision expected or not at all', async () => {
    const world = apiWorld();
    await newMachine(world);
    const stale = { stateMachineArn: ARN, revisionId: 'INITIAL' };
    expect((await publish(world, stale)).stateMachineVersionArn).toBe(`${ARN}:1`);
    const { revisionId } = await update(world, 'second');
    expect(await refusal(world, 'PublishStateMachineVersion', stale)).toMatch(/^ConflictException/);
    expect((await publish(world, { revisionId })).stateMachineVersionArn).toBe(`${ARN}:2`);
  });

  test('are kept while an alias routes to them', async () => {
    const world = apiWorld();
    await newMachine(world, 'machine', { publish: true });
    await answer(world, 'CreateStateMachineAlias', { name: 'prod', routingConfiguration: route([1, 100]) });
    const version = { stateMachineVersionArn: `${ARN}:1` };
    expect(await refusal(world, 'DeleteStateMachineVersion', version)).toBe(
      'ConflictException: Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [prod]',
    );
    await answer(world, 'DeleteStateMachineAlias', { stateMachineAliasArn: `${ARN}:prod` });
    await answer(world, 'DeleteStateMachineVersion', version);
    expect(await versionsOf(world)).toEqual([]);
  });
});

describe('aliases', () => {
  const twoVersions = async () => {
    const world = apiWorld();
    await newMachine(world, 'machine', { publish: true });
    await update(world, 'second', { publish: true });
    return world;
  };

  test('are created once, described, changed, listed and deleted', async () => {
    const world = await twoVersions();
    const create = { name: 'prod', description: 'live', routingConfiguration: route([1, 100]) };
    const created = await answer(world, 'CreateStateMachineAlias', create);
    world.clock.advanceTo(START + 60_000);
    expect(await answer(world, 'CreateStateMachineAlias', create)).toEqual(created);
    const stateMachineAliasArn = `${ARN}:prod`;
    const routingConfiguration = route([1, 50], [2, 50]);
    await answer(world, 'UpdateStateMachineAlias', { stateMachineAliasArn, routingConfiguration });
    expect(await answer(world, 'DescribeStateMachineAlias', { stateMachineAliasArn })).toEqual({
      ...created,
      name: 'prod',
      description: 'live',
      routingConfiguration,
      updateDate: START / 1000 + 60,
    });
    world.clock.advanceTo(START + 120_000);
    expect(await answer(world, 'UpdateStateMachineAlias', { stateMachineAliasArn, routingConfiguration })).toEqual({
      updateDate: START / 1000 + 60,
    });
    await answer(world, 'CreateStateMachineAlias', { name: 'beta', routingConfiguration: route([2, 100]) });
    const list = async (stateMachineArn: string) =>
      (await answer(world, 'ListStateMachineAliases', { stateMachineArn })).stateMachineAliases.map(
        (alias: { stateMachineAliasArn: string }) => alias.stateMachineAliasArn,
      );
    expect(await list(ARN)).toEqual([`${ARN}:beta`, `${ARN}:prod`]);
    expect(await list(`${ARN}:1`)).toEqual([`${ARN}:prod`]);
    for (const _ of [1, 2]) await answer(world, 'DeleteStateMachineAlias', { stateMachineAliasArn });
    expect(await list(ARN)).toEqual([`${ARN}:beta`]);
    expect(await refusal(world, 'DescribeStateMachineAlias', { stateMachineAliasArn })).toMatch(/^ResourceNotFound/);
  });

  test('of one name with another routing or description conflict', async () => {
    const world = await twoVersions();
    const create = { name: 'prod', description: 'live', routingConfiguration: route([1, 100]) };
    await answer(world, 'CreateStateMachineAlias', create);
    for (const more of [{ description: 'other' }, { routingConfiguration: route([2, 100]) }])
      expect(await refusal(world, 'CreateStateMachineAlias', { ...create, ...more })).toBe(
        'ConflictException: Failed to create alias because an alias with the same name and a different routing configuration already exists.',
      );
  });

  test.each([
    [route([1, 50], [2, 49]), 'Sum of routing configuration weights must equal 100. Received: [50, 49]'],
    [
      [{ stateMachineVersionArn: ARN, weight: 100 }],
      `Routing configuration must contain state machine version ARNs. Received: [${ARN}]`,
    ],
    [
      route([1, 50], [1, 50]),
      `Routing configuration must contain distinct state machine version ARNs. Received: [${ARN}:1, ${ARN}:1]`,
    ],
  ])('%j is no routing', async (routingConfiguration, message) => {
    const world = await twoVersions();
    const input = { name: 'prod', routingConfiguration };
    expect(await refusal(world, 'CreateStateMachineAlias', input)).toBe(`ValidationException: ${message}`);
    const { reason } = await call(world, 'CreateStateMachineAlias', input);
    expect(reason).toBe('INVALID_ROUTING_CONFIGURATION');
  });

  test('route to a version that is there', async () => {
    const world = await twoVersions();
    const routingConfiguration = route([3, 100]);
    expect(await refusal(world, 'CreateStateMachineAlias', { name: 'prod', routingConfiguration })).toMatch(
      /^ResourceNotFound/,
    );
  });

  test('named by digits alone are refused', async () => {
    const world = await twoVersions();
    const input = { name: '123', routingConfiguration: route([1, 100]) };
    expect(await refusal(world, 'CreateStateMachineAlias', input)).toBe(
      "ValidationException: 1 validation error detected: Value '123' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$",
    );
  });

  test.each([
    [0, 1],
    [0.299, 1],
    [0.3, 2],
    [0.999_999, 2],
  ])('chance %d picks version %d of 30 to 70', (random, version) => {
    const routes = [
      { version: 1, weight: 30 },
      { version: 2, weight: 70 },
    ];
    expect(pickVersion({ name: 'a', routes, creationDate: 0, updateDate: 0 }, random)).toBe(version);
  });
});
