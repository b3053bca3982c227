import { describe, expect, test } from 'vitest';
import { answer, apiWorld, call, newMachine, PASS, PREFIX, ROLE, refusal, START } from './world.ts';

const ARN = `${PREFIX}stateMachine:machine`;
const CREATE = { name: 'machine', definition: PASS, roleArn: ROLE };
const FAIL = JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Fail' } } });
const LOGS = {
  level: 'ALL',
  destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: 'arn:aws:logs:eu-west-1:123456789012:log-group:g:*' } }],
};

describe('CreateStateMachine', () => {
  test('gives the ARN and the time, and DescribeStateMachine all the rest with defaults', async () => {
    const world = apiWorld();
    const created = { stateMachineArn: ARN, creationDate: START / 1000 };
    expect(await answer(world, 'CreateStateMachine', CREATE)).toEqual(created);
    expect(await answer(world, 'DescribeStateMachine', { stateMachineArn: ARN })).toEqual({
      ...created,
      name: 'machine',
      status: 'ACTIVE',
      type: 'STANDARD',
      definition: PASS,
      roleArn: ROLE,
      loggingConfiguration: { level: 'OFF', includeExecutionData: false },
      tracingConfiguration: { enabled: false },
      encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
    });
  });

  test('METADATA_ONLY has an empty object for a definition', async () => {
    const world = apiWorld();
    await answer(world, 'CreateStateMachine', CREATE);
    const described = await answer(world, 'DescribeStateMachine', { stateMachineArn: ARN });
    expect(
      await answer(world, 'DescribeStateMachine', { stateMachineArn: ARN, includedData: 'METADATA_ONLY' }),
    ).toEqual({ ...described, definition: '{}' });
  });

  test.each([
    ['the same request', {}],
    ['another role', { roleArn: `${ROLE}-2` }],
    ['other tags', { tags: [{ key: 'k', value: 'v' }] }],
    ['defaults spelled out', { type: 'STANDARD', publish: false, loggingConfiguration: { level: 'OFF' } }],
  ])('repeated with %s gives the first result', async (_title, more) => {
    const world = apiWorld();
    const first = await answer(world, 'CreateStateMachine', CREATE);
    world.clock.advanceTo(START + 60_000);
    expect(await answer(world, 'CreateStateMachine', { ...CREATE, ...more })).toEqual(first);
  });

  test.each([
    ['the same definition in other white space', { definition: ` ${PASS}` }],
    ['another type', { type: 'EXPRESS' }],
    ['another logging configuration', { loggingConfiguration: LOGS }],
    ['tracing', { tracingConfiguration: { enabled: true } }],
    ['the wish to publish', { publish: true }],
  ])('repeated with %s is refused', async (_title, more) => {
    const world = apiWorld();
    await newMachine(world);
    const refused = await refusal(world, 'CreateStateMachine', { ...CREATE, ...more });
    expect(refused).toBe(`StateMachineAlreadyExists: State Machine Already Exists: '${ARN}'`);
  });

  test('of 20 requests at once with different definitions one wins', async () => {
    const world = apiWorld();
    const codes = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const definition = JSON.stringify({ ...JSON.parse(PASS), Comment: String(index) });
        return (await call(world, 'CreateStateMachine', { ...CREATE, definition })).__type ?? 'created';
      }),
    );
    expect(codes.filter((code) => code === 'created')).toHaveLength(1);
    expect(codes.filter((code) => code === 'StateMachineAlreadyExists')).toHaveLength(19);
  });

  test.each([
    [{ name: 'a b' }, "InvalidName: Invalid Name: 'a b'"],
    [{ roleArn: 'role' }, "InvalidArn: Invalid Role Arn: 'role'"],
    [
      { definition: '{}' },
      "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /'",
    ],
    [{ versionDescription: 'first' }, 'ValidationException: Version description can only be set when publish is true'],
    [
      { loggingConfiguration: { level: 'ERROR' } },
      'InvalidLoggingConfiguration: Invalid Logging Configuration: Must specify exactly one Log Destination.',
    ],
    [
      { type: 'FAST' },
      "ValidationException: 1 validation error detected: Value 'FAST' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [STANDARD, EXPRESS]",
    ],
  ])('%j is refused', async (more, expected) => {
    expect(await refusal(apiWorld(), 'CreateStateMachine', { ...CREATE, ...more })).toBe(expected);
  });

  test('a definition of a megabyte goes to the payload store and comes back whole', async () => {
    const world = apiWorld();
    const comment = Array.from({ length: 10_000 }, () => world.newId()).join(' ');
    const definition = JSON.stringify({ ...JSON.parse(PASS), Comment: comment });
    await newMachine(world, 'machine', { definition });
    expect((await answer(world, 'DescribeStateMachine', { stateMachineArn: ARN })).definition).toBe(definition);
  });
});

describe('UpdateStateMachine', () => {
  test('makes a new revision and shows its id; the same again makes none', async () => {
    const world = apiWorld();
    await newMachine(world);
    const update = { stateMachineArn: ARN, definition: FAIL };
    const { revisionId, updateDate } = await answer(world, 'UpdateStateMachine', update);
    expect([typeof revisionId, updateDate]).toEqual(['string', START / 1000]);
    expect(await answer(world, 'UpdateStateMachine', update)).toEqual({ revisionId, updateDate });
    expect(await answer(world, 'DescribeStateMachine', { stateMachineArn: ARN })).toMatchObject({
      definition: FAIL,
      roleArn: ROLE,
      revisionId,
    });
  });

  test('that changes nothing of a machine never updated shows no revision id', async () => {
    const world = apiWorld();
    await newMachine(world);
    const update = { stateMachineArn: ARN, definition: PASS };
    expect(await answer(world, 'UpdateStateMachine', update)).toEqual({ updateDate: START / 1000 });
  });

  test('keeps what the request leaves out', async () => {
    const world = apiWorld();
    await newMachine(world, 'machine', { loggingConfiguration: LOGS });
    await answer(world, 'UpdateStateMachine', { stateMachineArn: ARN, tracingConfiguration: { enabled: true } });
    expect(await answer(world, 'DescribeStateMachine', { stateMachineArn: ARN })).toMatchObject({
      loggingConfiguration: { ...LOGS, includeExecutionData: false },
      tracingConfiguration: { enabled: true },
    });
  });

  test('20 updates of different fields at once all take effect', async () => {
    const world = apiWorld();
    await newMachine(world);
    const updates = [{ definition: FAIL }, { roleArn: `${ROLE}-2` }, { tracingConfiguration: { enabled: true } }];
    await Promise.all(
      updates.map((update) => answer(world, 'UpdateStateMachine', { stateMachineArn: ARN, ...update })),
    );
    expect(await answer(world, 'DescribeStateMachine', { stateMachineArn: ARN })).toMatchObject({
      definition: FAIL,
      roleArn: `${ROLE}-2`,
      tracingConfiguration: { enabled: true },
    });
  });

  test('without anything to change is refused', async () => {
    const world = apiWorld();
    await newMachine(world);
    expect(await refusal(world, 'UpdateStateMachine', { stateMachineArn: ARN, publish: true })).toBe(
      'MissingRequiredParameter: Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
    );
  });
});

describe('ListStateMachines', () => {
  test('pages through all machines in order of their names', async () => {
    const world = apiWorld();
    for (const name of ['c', 'a', 'e', 'b', 'd']) await newMachine(world, name);
    const names: string[] = [];
    const sizes: number[] = [];
    let nextToken: string | undefined;
    do {
      const page = await answer(world, 'ListStateMachines', { maxResults: 2, nextToken });
      names.push(...page.stateMachines.map(({ name }: { name: string }) => name));
      sizes.push(page.stateMachines.length);
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect([names.join(''), sizes]).toEqual(['abcde', [2, 2, 1]]);
  });

  test('a full last page has no token', async () => {
    const world = apiWorld();
    await newMachine(world);
    expect(await answer(world, 'ListStateMachines', { maxResults: 1 })).not.toHaveProperty('nextToken');
  });

  test('a token is refused when it is forged, of another list, or a day old', async () => {
    const world = apiWorld();
    await newMachine(world, 'a');
    await newMachine(world, 'b');
    const { nextToken } = await answer(world, 'ListStateMachines', { maxResults: 1 });
    const invalid = "InvalidToken: Invalid Token: 'Invalid token'";
    expect(await refusal(world, 'ListStateMachines', { nextToken: `${nextToken}x` })).toBe(invalid);
    expect(await refusal(world, 'ListStateMachines', { nextToken: 'x' })).toBe(invalid);
    expect(await refusal(world, 'ListActivities', { nextToken })).toBe(invalid);
    world.clock.advanceTo(START + 24 * 3_600_000 + 1);
    expect(await refusal(world, 'ListStateMachines', { nextToken })).toBe(invalid);
  });
});

describe('state machines', () => {
  test.each(['DescribeStateMachine', 'UpdateStateMachine', 'PublishStateMachineVersion', 'StartExecution'])(
    '%s of a machine that is not there says so with the ARN it got',
    async (action) => {
      const stateMachineArn = `${PREFIX}stateMachine:missing`;
      const refused = await refusal(apiWorld(), action, { stateMachineArn, definition: PASS });
      expect(refused).toBe(`StateMachineDoesNotExist: State Machine Does Not Exist: '${stateMachineArn}'`);
    },
  );

  test('an ARN of another account names nothing here', async () => {
    const world = apiWorld();
    await newMachine(world);
    const stateMachineArn = ARN.replace('123456789012', '999999999999');
    expect(await refusal(world, 'DescribeStateMachine', { stateMachineArn })).toMatch(/^StateMachineDoesNotExist/);
    await answer(world, 'DeleteStateMachine', { stateMachineArn });
    await answer(world, 'DescribeStateMachine', { stateMachineArn: ARN });
  });

  test('a machine that was deleted is gone to whoever has a clock that is behind, too', async () => {
    const world = apiWorld();
    await newMachine(world);
    await answer(world, 'DeleteStateMachine', { stateMachineArn: ARN });
    const behind = { ...world, clock: { ...world.clock, now: () => world.clock.now() - 5_000 } };
    expect(await refusal(behind, 'DescribeStateMachine', { stateMachineArn: ARN })).toMatch(
      /^StateMachineDoesNotExist/,
    );
    await newMachine(behind);
    await answer(behind, 'DescribeStateMachine', { stateMachineArn: ARN });
  });

  test('DescribeStateMachine names the variables that states read', async () => {
    const world = apiWorld();
    const definition = JSON.stringify({
      QueryLanguage: 'JSONata',
      StartAt: 'Set',
      States: {
        Set: { Type: 'Pass', Assign: { a: 1 }, Next: 'Use' },
        Use: { Type: 'Pass', Output: '{% $a %}', End: true },
      },
    });
    await newMachine(world, 'machine', { definition });
    expect(await answer(world, 'DescribeStateMachine', { stateMachineArn: ARN })).toMatchObject({
      variableReferences: { Use: ['a'] },
    });
  });
});

describe('ValidateStateMachineDefinition', () => {
  test('finds nothing wrong with a good definition', async () => {
    const output = await answer(apiWorld(), 'ValidateStateMachineDefinition', { definition: PASS });
    expect(output).toEqual({ result: 'OK', diagnostics: [], truncated: false });
  });

  test('says when there are more findings than asked for', async () => {
    const definition = JSON.stringify({ StartAt: 'A', States: { A: { Type: 'X' }, B: { Type: 'Y' } } });
    const input = { definition, maxResults: 1 };
    const { result, diagnostics, truncated } = await answer(apiWorld(), 'ValidateStateMachineDefinition', input);
    expect([result, diagnostics.length, truncated]).toEqual(['FAIL', 1, true]);
  });
});

describe('tags', () => {
  const listed = async (world: ReturnType<typeof apiWorld>, resourceArn: string) =>
    (await answer(world, 'ListTagsForResource', { resourceArn })).tags;

  test.each(['machine', 'activity'])('are added, replaced and removed on a %s', async (kind) => {
    const world = apiWorld();
    const tags = [{ key: 'a', value: '1' }];
    const resourceArn =
      kind === 'machine'
        ? await newMachine(world, 'machine', { tags })
        : (await answer(world, 'CreateActivity', { name: 'a', tags })).activityArn;
    await answer(world, 'TagResource', {
      resourceArn,
      tags: [
        { key: 'b', value: '' },
        { key: 'a', value: '2' },
      ],
    });
    expect(await listed(world, resourceArn)).toEqual([
      { key: 'a', value: '2' },
      { key: 'b', value: '' },
    ]);
    await answer(world, 'UntagResource', { resourceArn, tagKeys: ['a', 'a', 'c'] });
    expect(await listed(world, resourceArn)).toEqual([{ key: 'b', value: '' }]);
  });

  test('there can be 50 of them', async () => {
    const world = apiWorld();
    const tags = Array.from({ length: 51 }, (_, index) => ({ key: `k${index}`, value: 'v' }));
    const resourceArn = await newMachine(world, 'machine', { tags: tags.slice(0, 50) });
    expect(await refusal(world, 'TagResource', { resourceArn, tags })).toMatch(/^TooManyTags/);
  });

  test('of what is not there are refused', async () => {
    expect(await refusal(apiWorld(), 'ListTagsForResource', { resourceArn: ARN })).toBe(
      `ResourceNotFound: Resource not found: '${ARN}'`,
    );
  });
});

describe('activities', () => {
  test('are created once, described, listed and deleted, twice without complaint', async () => {
    const world = apiWorld();
    const created = await answer(world, 'CreateActivity', { name: 'a' });
    world.clock.advanceTo(START + 60_000);
    expect(await answer(world, 'CreateActivity', { name: 'a' })).toEqual(created);
    const { activityArn } = created;
    const described = { ...created, name: 'a', encryptionConfiguration: { type: 'AWS_OWNED_KEY' } };
    expect(await answer(world, 'DescribeActivity', { activityArn })).toEqual(described);
    expect(await answer(world, 'ListActivities')).toEqual({ activities: [{ ...created, name: 'a' }] });
    for (const _ of [1, 2]) expect(await answer(world, 'DeleteActivity', { activityArn })).toEqual({});
    expect(await refusal(world, 'DescribeActivity', { activityArn })).toBe(
      `ActivityDoesNotExist: Activity Does Not Exist: '${activityArn}'`,
    );
  });

  test('of one name with another key are refused', async () => {
    const world = apiWorld();
    await answer(world, 'CreateActivity', { name: 'a' });
    const encryptionConfiguration = { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: 'alias/mine' };
    expect(await refusal(world, 'CreateActivity', { name: 'a', encryptionConfiguration })).toMatch(
      /^ActivityAlreadyExists/,
    );
  });
});
