// HTTP tasks and API Gateway through the whole local server: AWS's client on one side, a real web server on the other.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateStateMachineCommand, GetExecutionHistoryCommand, TestStateCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answerJson, type WebServer, webServer } from '../support/web-server.ts';
import { createMachine, type Ended, type Laptop, openLaptop, ROLE, runToEnd } from './local-server.ts';

const ARN = (name: string) =>
  `arn:aws:events:us-east-1:123456789012:connection/${name}/81210c42-8af1-456b-9c4a-6ff02fc664ac`;
const folder = mkdtempSync(join(tmpdir(), 'connections-'));
let web: WebServer;
let laptop: Laptop;
let tokens = 0;

/** What the web server answers, by path. */
const PAGES: Record<string, Parameters<typeof webServer>[0]> = {
  '/json': (_request, response) => answerJson(response, { hello: ['world'] }),
  '/text': (_request, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('{"not":"parsed"}'),
  '/nothing': (_request, response) => response.writeHead(204).end(),
  '/missing': (_request, response) => answerJson(response, { reason: 'lost' }, 404),
  '/elsewhere': (_request, response) => response.writeHead(302, { location: '/json' }).end(),
  '/image': (_request, response) => response.writeHead(200, { 'content-type': 'image/png' }).end('PNG'),
  '/bytes': (_request, response) => response.writeHead(200).end(Buffer.from([0xff, 0xfe])),
  '/large': (_request, response) => response.writeHead(200).end('x'.repeat(300_000)),
  '/hangs-up': (_request, { socket }) => socket?.destroy(),
  '/token': (_request, response) => answerJson(response, { access_token: `token-${++tokens}`, expires_in: 3600 }),
  '/tokenless': (_request, response) => answerJson(response, { error: 'invalid_client' }, 401),
  '/guarded': ({ headers }, response) =>
    headers.authorization === 'Bearer token-2' ? answerJson(response, 'in') : response.writeHead(401).end(),
};

beforeAll(async () => {
  web = await webServer((request, response) => {
    const page = PAGES[new URL(request.url, 'http://x').pathname];
    if (page === undefined) answerJson(response, request);
    else page(request, response);
  });
  const file = join(folder, 'connections.json');
  const oauth = (path: string) => ({
    AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS',
    AuthParameters: {
      OAuthParameters: {
        AuthorizationEndpoint: `http://127.0.0.1:${web.port}${path}`,
        HttpMethod: 'POST',
        ClientParameters: { ClientID: 'me', ClientSecret: 'secret' },
      },
    },
  });
  writeFileSync(
    file,
    JSON.stringify({
      shop: {
        AuthorizationType: 'API_KEY',
        AuthParameters: {
          ApiKeyAuthParameters: { ApiKeyName: 'X-Key', ApiKeyValue: 'key-value' },
          InvocationHttpParameters: {
            HeaderParameters: [{ Key: 'X-Shop', Value: 'one' }],
            QueryStringParameters: [{ Key: 'page', Value: '7' }],
            BodyParameters: [{ Key: 'tenant', Value: 'hidden' }],
          },
        },
      },
      [ARN('bank')]: {
        AuthorizationType: 'BASIC',
        AuthParameters: { BasicAuthParameters: { Username: 'ada', Password: 'pass' } },
      },
      club: oauth('/token'),
      closed: oauth('/tokenless'),
    }),
  );
  laptop = await openLaptop({ connections: file });
});

afterAll(async () => {
  await laptop.close();
  web.close();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  web.asked.length = 0;
});

let machines = 0;

interface Calling {
  path?: string;
  endpoint?: string;
  connection?: string;
  more?: object;
  state?: object;
}

function task({
  path = '/',
  endpoint = `http://127.0.0.1:${web.port}${path}`,
  connection = 'bank',
  more,
  state,
}: Calling) {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::http:invoke',
    Parameters: { ApiEndpoint: endpoint, Method: 'GET', Authentication: { ConnectionArn: ARN(connection) }, ...more },
    End: true,
    ...state,
  };
}

async function run(state: object, input: unknown = {}): Promise<Ended & { json?: never }> {
  const arn = await createMachine(laptop.client, `http-${++machines}`, { StartAt: 'Call', States: { Call: state } });
  return await runToEnd(laptop.client, arn, input);
}

const outputOf = ({ output }: Ended) => JSON.parse(output!);

describe('a request', () => {
  test('carries what AWS adds, and the credentials of a BASIC connection', async () => {
    await run(task({ path: '/json' }));
    expect(web.asked).toHaveLength(1);
    expect(web.asked[0]!.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('ada:pass').toString('base64')}`,
      'user-agent': 'Amazon|StepFunctions|HttpInvoke|us-east-1',
      range: 'bytes=0-262144',
      host: `127.0.0.1:${web.port}`,
    });
  });

  test('is merged with an API_KEY connection, found by its name', async () => {
    const more = {
      Method: 'POST',
      QueryParameters: { 'page.$': '$.page', size: 3 },
      RequestBody: { 'id.$': '$.id', tenant: 'mine' },
      Headers: { 'X-Shop': 'two', 'X-Own': ['a', 'b'] },
    };
    await run(task({ path: '/orders', connection: 'shop', more }), { page: 1, id: 'A1' });
    expect(web.asked[0]).toMatchObject({
      method: 'POST',
      url: '/orders?size=3&page=7',
      body: '{"tenant":"hidden","id":"A1"}',
      headers: {
        'x-key': 'key-value',
        'x-shop': 'one',
        'x-own': 'a, b',
        'content-type': 'application/json; charset=UTF-8',
      },
    });
  });

  test('is a form where the Transform says so; in JSONata, with InvocationConfig', async () => {
    const ended = await run(
      {
        Type: 'Task',
        QueryLanguage: 'JSONata',
        Resource: 'arn:aws:states:::http:invoke',
        Arguments: {
          ApiEndpoint: `{% 'http://127.0.0.1:${web.port}/form/' & $states.input.id %}`,
          Method: 'PUT',
          InvocationConfig: { ConnectionArn: ARN('bank') },
          Headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
          RequestBody: { list: '{% $states.input.list %}' },
          Transform: { RequestBodyEncoding: 'URL_ENCODED', RequestEncodingOptions: { ArrayFormat: 'BRACKETS' } },
        },
        Output: '{% $states.result.StatusCode %}',
        End: true,
      },
      { id: 'x', list: ['a b', 'c'] },
    );
    expect(web.asked[0]).toMatchObject({ method: 'PUT', url: '/form/x', body: 'list%5B%5D=a%20b&list%5B%5D=c' });
    expect(ended.output).toBe('200');
  });
});

describe('an answer', () => {
  test('is headers in small letters, as lists; a parsed body; status and its text', async () => {
    expect(outputOf(await run(task({ path: '/json' })))).toEqual({
      Headers: expect.objectContaining({ 'content-type': ['application/json'], connection: ['close'] }),
      ResponseBody: { hello: ['world'] },
      StatusCode: 200,
      StatusText: 'OK',
    });
  });

  test('is text where it does not say that it is JSON, and empty where there is none', async () => {
    expect(outputOf(await run(task({ path: '/text' })))).toMatchObject({ ResponseBody: '{"not":"parsed"}' });
    expect(outputOf(await run(task({ path: '/nothing' })))).toMatchObject({ ResponseBody: '', StatusCode: 204 });
  });

  test('leaves the events of a task', async () => {
    const ended = await run(task({ path: '/json', state: { TimeoutSeconds: 5 } }));
    expect(ended.types).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    const { events } = await laptop.client.send(new GetExecutionHistoryCommand({ executionArn: ended.executionArn }));
    expect(events![2]!.taskScheduledEventDetails).toMatchObject({
      resourceType: 'http',
      resource: 'invoke',
      timeoutInSeconds: 5,
    });
    expect(events![2]!.taskScheduledEventDetails!.parameters).not.toContain('pass');
  });
});

describe('a failure', () => {
  test.each([
    ['/missing', 'States.Http.StatusCode.404', 'Not Found'],
    ['/elsewhere', 'States.Http.StatusCode.302', 'Found'],
    ['/hangs-up', 'States.Http.Socket', 'socket hang up'],
    ['/image', 'States.Runtime', 'The response cannot be read as text: its content type is image/png'],
    ['/bytes', 'States.Runtime', 'The response cannot be read as text in the character set utf-8'],
    [
      '/large',
      'States.DataLimitExceeded',
      "The state/task 'http' returned a result with a size exceeding the maximum number of bytes service limit.",
    ],
  ])('of %s is %s', async (path, error, cause) => {
    const { events } = await historyOf(await run(task({ path })));
    expect(events.find(({ type }) => type === 'TaskFailed')?.taskFailedEventDetails).toEqual({
      error,
      cause,
      resource: 'invoke',
      resourceType: 'http',
    });
    expect(events.at(-1)!.executionFailedEventDetails).toEqual({ error, cause });
  });

  test('by its status can be caught and retried', async () => {
    const states = {
      Call: {
        ...task({ path: '/missing' }),
        Retry: [{ ErrorEquals: ['States.Http.StatusCode.404'], IntervalSeconds: 1, MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ['States.Http.StatusCode.404'], Next: 'Fine' }],
      },
      Fine: { Type: 'Succeed' },
    };
    const arn = await createMachine(laptop.client, `http-${++machines}`, { StartAt: 'Call', States: states });
    const ended = await runToEnd(laptop.client, arn, {});
    expect(outputOf(ended)).toEqual({ Error: 'States.Http.StatusCode.404', Cause: 'Not Found' });
    expect(web.asked).toHaveLength(2);
  });

  test('of an unknown connection comes before any request', async () => {
    const ended = await run(task({ connection: 'stranger' }));
    expect(ended).toMatchObject({ error: 'Events.ConnectionResource.ResourceNotFound' });
    expect(ended.cause).toContain("No connection 'stranger' is in a file given with --connections.");
    expect(web.asked).toEqual([]);
  });

  test.each([
    ['https://169.254.169.254/latest/meta-data/', '169.254.169.254 is not among the allowed hosts.'],
    ['https://10.0.0.1/', '10.0.0.1 is not among the allowed hosts.'],
    ['http://93.184.216.34/', '93.184.216.34 is not called without TLS'],
  ])('of %s says who refused it', async (endpoint, text) => {
    const { error, cause } = await run(task({ endpoint }));
    expect(error).toBe('States.Http.Socket');
    expect(cause).toContain(text);
    expect(cause).toContain('--http-allowed-hosts');
  });
});

async function historyOf({ executionArn }: Ended) {
  const { events } = await laptop.client.send(new GetExecutionHistoryCommand({ executionArn }));
  return { events: events! };
}

describe('arguments', () => {
  test.each([
    [
      { Headers: { Authorization: 'x', 'x-amz-date': 'y' } },
      "The 'Headers' field contains unsupported values: [authorization, x-amz-date]",
    ],
    [{ Method: undefined }, "The field 'Method' is required but was missing"],
  ])('of %j are refused when the machine is created', async (more, message) => {
    const definition = JSON.stringify({ StartAt: 'Call', States: { Call: task({ more }) } });
    await expect(
      laptop.client.send(new CreateStateMachineCommand({ name: 'refused', definition, roleArn: ROLE })),
    ).rejects.toThrow(`SCHEMA_VALIDATION_FAILED: ${message} at /States/Call/Parameters`);
  });

  test.each([
    [
      { 'Headers.$': '$.headers' },
      { headers: { Cookie: 'a', Host: 'b' } },
      "[The 'Headers' field contains unsupported values: [host]]",
    ],
    [{ ApiEndpoint: 'ftp://example.com' }, {}, "[The value of the field 'ApiEndpoint' has an invalid format]"],
    [{ Method: 'TRACE' }, {}, "[The value of the field 'Method' has an invalid format]"],
    [{ Transform: { RequestBodyEncoding: 'GZIP' } }, {}, "[The value of the field 'Transform' has an invalid format]"],
    [{ Body: 1 }, {}, '[The field "Body" is not supported by Step Functions]'],
    [{ Authentication: null }, {}, "[The field 'ConnectionArn' is required but was missing]"],
  ])('of %j are refused when the task begins', async (more, input, problem) => {
    const ended = await run(task({ more }), input);
    expect(ended).toMatchObject({ error: 'States.Runtime' });
    expect(ended.cause).toMatch(
      /^An error occurred while executing the state 'Call' \(entered at the event id #2\)\. The Parameters '/,
    );
    expect(ended.cause).toContain(`could not be used to start the Task: ${problem}`);
    expect(ended.types).not.toContain('TaskScheduled');
  });
});

describe('OAuth', () => {
  test('asks for a token once; after a 401 the next attempt asks for another', async () => {
    const guarded = task({
      path: '/guarded',
      connection: 'club',
      state: { Retry: [{ ErrorEquals: ['States.Http.StatusCode.401'], IntervalSeconds: 1 }] },
    });
    expect(outputOf(await run(guarded))).toMatchObject({ ResponseBody: 'in' });
    expect(web.asked.map(({ url }) => url)).toEqual(['/token', '/guarded', '/token', '/guarded']);
    expect(web.asked[0]!.body).toBe('grant_type=client_credentials&client_id=me&client_secret=secret');
    expect(outputOf(await run(guarded))).toMatchObject({ ResponseBody: 'in' });
    expect(web.asked).toHaveLength(5);
  });

  test('that gives no token fails as EventBridge says it', async () => {
    const ended = await run(task({ connection: 'closed' }));
    expect(ended).toMatchObject({ error: 'Events.ConnectionResource.InvalidConnectionState' });
    expect(ended.cause).toMatch(/gave no token: 401 Unauthorized$/);
    expect(web.asked).toHaveLength(1);
  });
});

describe('TestState', () => {
  const ask = (more: object, state = task({ path: '/json', connection: 'shop' })) =>
    laptop.client.send(
      new TestStateCommand({
        definition: JSON.stringify(state),
        roleArn: ROLE,
        input: '{}',
        inspectionLevel: 'TRACE',
        ...more,
      }),
    );
  const shop = () =>
    task({
      path: '/json?q=1',
      connection: 'shop',
      more: { Method: 'POST', Headers: { own: 'h1' }, RequestBody: { a: 1 } },
    });

  test('at level TRACE shows what went over the wire, without what the connection added', async () => {
    const { inspectionData, status, output } = await ask({}, shop());
    expect(status).toBe('SUCCEEDED');
    expect(JSON.parse(output!)).toMatchObject({ ResponseBody: { hello: ['world'] } });
    expect(inspectionData!.request).toEqual({
      protocol: 'http',
      method: 'POST',
      url: `http://127.0.0.1:${web.port}/json?q=1`,
      headers: '[own: h1, User-Agent: Amazon|StepFunctions|HttpInvoke|us-east-1, Range: bytes=0-262144]',
      body: '{"a":1}',
    });
    expect(inspectionData!.response).toEqual({
      protocol: 'http',
      statusCode: '200',
      statusMessage: 'OK',
      headers: expect.stringMatching(/^\[content-type: application\/json, .*\]$/),
      body: '{"hello":["world"]}',
    });
  });

  test('reveals it when asked to', async () => {
    const { inspectionData } = await ask({ revealSecrets: true }, shop());
    expect(inspectionData!.request).toMatchObject({
      url: `http://127.0.0.1:${web.port}/json?q=1&page=7`,
      headers:
        '[own: h1, X-Key: key-value, X-Shop: one, User-Agent: Amazon|StepFunctions|HttpInvoke|us-east-1, Range: bytes=0-262144]',
      body: '{"a":1,"tenant":"hidden"}',
    });
  });

  test('shows the answer of a failure too; nothing of either at level DEBUG', async () => {
    const traced = await ask({}, task({ path: '/missing' }));
    expect(traced).toMatchObject({ status: 'FAILED', error: 'States.Http.StatusCode.404', cause: 'Not Found' });
    expect(traced.inspectionData!.response).toMatchObject({ statusCode: '404', body: '{"reason":"lost"}' });
    const debugged = await ask({ inspectionLevel: 'DEBUG' });
    expect(debugged.inspectionData).not.toHaveProperty('request');
  });

  test('with a mock makes no request', async () => {
    const { output } = await ask({ mock: { result: '{"StatusCode":200}' } });
    expect(JSON.parse(output!)).toEqual({ StatusCode: 200 });
    expect(web.asked).toEqual([]);
  });
});

describe('API Gateway', () => {
  const invoke = (more: object, resource = 'apigateway:invoke') => ({
    Type: 'Task',
    Resource: `arn:aws:states:::${resource}`,
    Parameters: { ApiEndpoint: `http://127.0.0.1:${web.port}`, Method: 'POST', ...more },
    End: true,
  });

  test('is called by stage and path, with lists of headers and query parameters, without nulls', async () => {
    const more = {
      Stage: 'dev',
      Path: '/pets/dog/',
      Headers: { custom_header: ['a', 'b'] },
      QueryParameters: { id: ['1', '2'] },
      RequestBody: { name: 'Rex', age: null },
    };
    const ended = await run(invoke(more));
    expect(web.asked[0]).toMatchObject({ method: 'POST', url: '/dev/pets/dog?id=1&id=2', body: '{"name":"Rex"}' });
    expect(web.asked[0]!.headers).toMatchObject({ custom_header: 'a, b', 'content-type': 'application/json' });
    const { Headers, ResponseBody, ...rest } = outputOf(ended);
    expect(rest).toEqual({ StatusCode: 200, StatusText: 'OK' });
    expect(Headers).toMatchObject({ 'Content-Type': ['application/json'], Connection: ['close'] });
    expect(ResponseBody).toMatchObject({ url: '/dev/pets/dog?id=1&id=2' });
  });

  test('gets nulls with AllowNullValues, and no body where the method has none', async () => {
    await run(invoke({ RequestBody: { age: null }, AllowNullValues: true }));
    await run(invoke({ Method: 'GET', RequestBody: { age: 1 } }));
    expect(web.asked.map(({ body }) => body)).toEqual(['{"age":null}', '']);
  });

  test('fails by its status, with the body as the cause', async () => {
    const ended = await run(invoke({ Path: 'missing' }));
    expect(ended).toMatchObject({ error: 'ApiGateway.404', cause: '{"reason":"lost"}' });
  });

  test('takes no header that is not a list, as recorded on AWS', async () => {
    const ended = await run(invoke({ 'Headers.$': '$.Headers' }), { Headers: { custom_header: 'single' } });
    expect(ended).toMatchObject({ error: 'States.Runtime' });
    expect(ended.cause).toContain(
      "could not be used to start the Task: [The value of the field 'Headers' has an invalid format]",
    );
    expect(web.asked).toEqual([]);
  });

  test('with a callback waits for whoever got the token', async () => {
    const state = invoke({ RequestBody: { 'token.$': '$$.Task.Token' } }, 'apigateway:invoke.waitForTaskToken');
    const ended = await run({ ...state, TimeoutSeconds: 1 });
    expect(JSON.parse(web.asked[0]!.body).token).toMatch(/.{20}/);
    expect(ended.types).toContain('TaskSubmitted');
    expect(ended).toMatchObject({ error: 'States.Timeout' });
  });

  test('whose signature needs credentials says where to get them', async () => {
    const ended = await run(invoke({ AuthType: 'IAM_ROLE' }));
    expect(ended.error).toBe('ApiGateway.SdkClientException');
    expect(ended.cause).toContain('AWS_ENDPOINT_URL');
  });
});
