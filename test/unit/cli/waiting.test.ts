// What waits for an answer, told from a history; and the tokens found in arguments as authors write them.
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { openCallbacks, tokensIn } from '../../../cli/waiting.ts';
import { callback, callbackState, callbackWorld } from '../../support/callbacks.ts';

const AWS_TOKEN = `AQCEAAAAKgAAAAMAAAAAAAAAAb${'c3RlcHMv+'.repeat(70)}AA==`;
const OWN_TOKEN = `${'kX3_-'.repeat(50)}Q`;

test.each([AWS_TOKEN, OWN_TOKEN])('a token is found wherever it stands', (token) => {
  const places: unknown[] = [
    { token },
    { MessageBody: { a: [1, { deep: token }] } },
    { MessageBody: JSON.stringify({ TaskToken: token, text: 'Please answer' }) },
    { Message: `To approve: ${token} (thank you)` },
  ];
  for (const parameters of places) expect(tokensIn(JSON.stringify(parameters))).toContain(token);
  expect(tokensIn(JSON.stringify({ Link: `https://host.example/yes?token=${OWN_TOKEN}&x=1` }))).toContain(OWN_TOKEN);
});

test('whole values come before parts, and what is no token is not tried', () => {
  expect(tokensIn(JSON.stringify({ a: `x ${OWN_TOKEN}`, b: AWS_TOKEN }))[0]).toBe(AWS_TOKEN);
  expect(tokensIn('{"FunctionName":"arn:aws:lambda:us-east-1:123456789012:function:ask","Payload":{"n":1}}')).toEqual(
    [],
  );
});

/** What waits in a run of this definition after a second. */
async function waitingIn(
  definition: object,
  input: unknown = {},
  then?: (world: Given, executionArn: string) => Promise<unknown>,
) {
  const given = callbackWorld();
  const { world, tokens } = given;
  const { executionArn } = await world.start(definition, input);
  await world.pass(1_000);
  await then?.(given, executionArn);
  await world.pass(1_000);
  const { events } = (await world.api('GetExecutionHistory', { executionArn, maxResults: 1000 })) as {
    events: (HistoryEvent & { timestamp: number })[];
  };
  const dated = events.map((event) => ({ ...event, timestamp: new Date(Number(event.timestamp) * 1000) }));
  const { status, open } = openCallbacks(dated as HistoryEvent[]);
  return { status, tokens, open, places: open.map(({ place }) => place) };
}

type Given = ReturnType<typeof callbackWorld>;

test('a task that waits is open, and its token is in its arguments', async () => {
  const { places, open, tokens } = await waitingIn(callback('keep'));
  expect(places).toEqual(['Ask']);
  expect(open[0]?.tokens).toEqual(tokens);
});

test('what was answered, is over, or waits for something else is not open', async () => {
  const rest = { End: undefined, Next: 'W' };
  const more = { W: { Type: 'Wait', Seconds: 60, End: true } };
  const answered = await waitingIn(callback('keep', rest, more), {}, ({ world, tokens }) =>
    world.api('SendTaskSuccess', { taskToken: tokens[0], output: '1' }),
  );
  expect(answered).toMatchObject({ status: 'RUNNING', places: [] });
  const stopped = await waitingIn(callback('keep'), {}, ({ world }, executionArn) =>
    world.api('StopExecution', { executionArn }),
  );
  expect(stopped).toMatchObject({ status: 'ABORTED', places: [] });
});

test('of a task that is tried again, or redriven, only the last attempt is open', async () => {
  const retried = await waitingIn(
    callback('keep', { Retry: [{ ErrorEquals: ['Again'], IntervalSeconds: 1 }] }),
    {},
    async ({ world, tokens }) => {
      await world.api('SendTaskFailure', { taskToken: tokens[0], error: 'Again' });
      await world.pass(2_000);
    },
  );
  expect(retried.open.map(({ tokens }) => tokens)).toEqual([[retried.tokens[1]]]);
  const redriven = await waitingIn(callback('keep'), {}, async ({ world }, executionArn) => {
    await world.api('StopExecution', { executionArn });
    await world.api('RedriveExecution', { executionArn });
  });
  expect(redriven.open.map(({ tokens }) => tokens)).toEqual([[redriven.tokens[1]]]);
});

test('iterations and branches are told apart by their place', async () => {
  const map = { Type: 'Map', ItemsPath: '$', ItemProcessor: callback('keep'), End: true };
  expect((await waitingIn({ StartAt: 'M', States: { M: map } }, [1, 2])).places).toEqual(['M[0]/Ask', 'M[1]/Ask']);
  const branch = (name: string) => ({ StartAt: name, States: { [name]: callbackState('keep', { End: true }) } });
  const parallel = { Type: 'Parallel', Branches: [branch('A'), branch('B')], End: true };
  expect((await waitingIn({ StartAt: 'P', States: { P: parallel } })).places).toEqual(['P[0]/A', 'P[1]/B']);
});
