// `stepwell/client`: AWS's own client against a door that recomputes every signature.
import { ListStateMachinesCommand, SFNClient, StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import { stepwell } from 'stepwell/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiHandler } from '../../../handlers/api.ts';
import { memoryWorld } from '../../support/memory-world.ts';
import { CALLER, openSignedDoor, type SignedDoor } from '../../support/signed-door.ts';

let door: SignedDoor;

beforeAll(async () => {
  door = await openSignedDoor(createApiHandler(memoryWorld()));
});

afterAll(() => door.close());

test('a client made with it signs for `lambda`', async () => {
  const client = new SFNClient(stepwell({ url: door.url, region: 'eu-west-1', credentials: CALLER }));
  expect((await client.send(new ListStateMachinesCommand({}))).stateMachines).toEqual([]);
  expect(door.seen.at(-1)?.authorization).toContain('/eu-west-1/lambda/aws4_request');
});

test('a client made without it signs for `states`, and is not let in', async () => {
  const client = new SFNClient({ endpoint: door.url, region: 'eu-west-1', credentials: CALLER });
  await expect(client.send(new ListStateMachinesCommand({}))).rejects.toThrow(
    "Forbidden: Credential should be scoped to correct service: 'lambda'.",
  );
});

test('a wrong secret is not let in', async () => {
  const credentials = { ...CALLER, secretAccessKey: 'a-guess' };
  const client = new SFNClient(stepwell({ url: door.url, region: 'eu-west-1', credentials }));
  await expect(client.send(new ListStateMachinesCommand({}))).rejects.toThrow('does not match');
});

test('the region is the URL’s, unless one is given', async () => {
  const url = 'https://abc.lambda-url.ap-south-1.on.aws/';
  expect(await new SFNClient(stepwell(url)).config.region()).toBe('ap-south-1');
  expect(await new SFNClient(stepwell({ url, region: 'us-east-2' })).config.region()).toBe('us-east-2');
});

test('no `sync-` is put before the name of the URL', async () => {
  const client = new SFNClient(stepwell({ url: door.url, region: 'eu-west-1', credentials: CALLER }));
  const stateMachineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:none';
  await expect(client.send(new StartSyncExecutionCommand({ stateMachineArn }))).rejects.toThrow(
    'State Machine Does Not Exist',
  );
});

test('what is no URL is said', () => {
  expect(() => stepwell('prod')).toThrow(new TypeError("'prod' is no URL."));
});
