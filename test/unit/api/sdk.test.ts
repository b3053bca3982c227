// The JavaScript SDK itself as the client, its HTTP replaced by a call of `handleRequest`: what it understands, users get.
import {
  ConflictException,
  CreateStateMachineCommand,
  ListStateMachinesCommand,
  PublishStateMachineVersionCommand,
  paginateListStateMachines,
  SFNClient,
  StartExecutionCommand,
  StateMachineDoesNotExist,
  UpdateStateMachineCommand,
  ValidationException,
} from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import { handleRequest } from '../../../core/api/wire.ts';
import type { World } from '../../../core/world.ts';
import { apiWorld, newMachine, PASS, PREFIX, START } from './world.ts';

interface SdkRequest {
  method: string;
  headers: Record<string, string>;
  body: Uint8Array;
}

function sdkClient(world: World): SFNClient {
  const requestHandler = {
    async handle({ method, headers, body: bytes }: SdkRequest) {
      const body = new TextDecoder().decode(bytes);
      const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
      const { status, headers: answered, body: text } = await handleRequest(world, { method, headers: lower, body });
      return { response: { statusCode: status, headers: answered, body: Buffer.from(text) } };
    },
  };
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
  return new SFNClient({ region: 'eu-west-1', credentials, requestHandler: requestHandler as never, maxAttempts: 1 });
}

describe('the SDK', () => {
  test('reads outputs, with times as dates', async () => {
    const world = apiWorld();
    const stateMachineArn = await newMachine(world);
    const client = sdkClient(world);
    const { stateMachines, $metadata } = await client.send(new ListStateMachinesCommand({}));
    expect(stateMachines).toEqual([
      { stateMachineArn, name: 'machine', type: 'STANDARD', creationDate: new Date(START) },
    ]);
    expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('pages to the end', async () => {
    const world = apiWorld();
    for (const name of ['a', 'b', 'c']) await newMachine(world, name);
    const names: unknown[] = [];
    for await (const page of paginateListStateMachines({ client: sdkClient(world), pageSize: 1 }, {}))
      names.push(...page.stateMachines!.map(({ name }) => name));
    expect(names).toEqual(['a', 'b', 'c']);
  });

  test.each([
    [
      'a modelled error',
      new StartExecutionCommand({ stateMachineArn: `${PREFIX}stateMachine:x` }),
      StateMachineDoesNotExist,
    ],
    ['a wrong input', new ListStateMachinesCommand({ maxResults: 1_001 }), ValidationException],
  ])('knows %s by its class', async (_title, command, errorClass) => {
    const sent = sdkClient(apiWorld()).send(command as StartExecutionCommand);
    await expect(sent).rejects.toBeInstanceOf(errorClass);
  });

  test('sees the HTTP status of a conflict, and the revision that is current', async () => {
    const client = sdkClient(apiWorld());
    const role = 'arn:aws:iam::123456789012:role';
    const create = new CreateStateMachineCommand({ name: 'machine', definition: PASS, roleArn: `${role}/first` });
    const { stateMachineArn } = await client.send(create);
    const { revisionId } = await client.send(
      new UpdateStateMachineCommand({ stateMachineArn, roleArn: `${role}/second` }),
    );
    const stale = new PublishStateMachineVersionCommand({ stateMachineArn, revisionId: 'INITIAL' });
    const error = await client.send(stale).catch((thrown: ConflictException) => thrown);
    expect(error).toBeInstanceOf(ConflictException);
    expect(error).toMatchObject({
      $metadata: { httpStatusCode: 409 },
      message: `Failed to publish the State Machine version for revision INITIAL. The current State Machine revision is ${revisionId}.`,
    });
  });
});
