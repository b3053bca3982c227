// HTTP tasks with connections of EventBridge, and APIs of API Gateway, called by the local server: what DescribeConnection
// and Secrets Manager say of a connection, and where requests to an API go.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createMachine, type Laptop, openLaptop, runToEnd } from '../e2e/local-server.ts';
import { answerJson, type WebServer, webServer } from '../support/web-server.ts';
import { environmentOf } from './account.ts';
import { apiGateway, events, place } from './clients.ts';

const name = `stepwell-http-${crypto.randomUUID()}`;
let laptop: Laptop;
let web: WebServer;
let connectionArn: string;
let restApiId: string;

beforeAll(async () => {
  for (const [variable, value] of Object.entries(environmentOf(place))) vi.stubEnv(variable, value);
  laptop = await openLaptop({ account: place.account, region: place.region });
  web = await webServer((_request, response) => answerJson(response, 'heard'));
  const created = await events.createConnection({
    Name: name,
    AuthorizationType: 'API_KEY',
    AuthParameters: {
      ApiKeyAuthParameters: { ApiKeyName: 'X-Key', ApiKeyValue: 'key-value' },
      InvocationHttpParameters: {
        HeaderParameters: [
          { Key: 'X-Open', Value: 'open', IsValueSecret: false },
          { Key: 'X-Secret', Value: 'secret', IsValueSecret: true },
        ],
      },
    },
  });
  connectionArn = created.ConnectionArn!;
  restApiId = await petStore();
});

afterAll(async () => {
  await laptop.close();
  web.close();
  vi.unstubAllEnvs();
  await events.deleteConnection({ Name: name });
  await apiGateway.deleteRestApi({ restApiId });
});

/** An API whose stage `dev` answers POST /pets by itself. */
async function petStore(): Promise<string> {
  const { id } = await apiGateway.createRestApi({ name });
  const api = { restApiId: id! };
  const { items } = await apiGateway.getResources(api);
  const { id: resourceId } = await apiGateway.createResource({ ...api, parentId: items![0]!.id!, pathPart: 'pets' });
  const method = { ...api, resourceId: resourceId!, httpMethod: 'POST' };
  const ok = { ...method, statusCode: '200' };
  await apiGateway.putMethod({ ...method, authorizationType: 'NONE' });
  await apiGateway.putIntegration({
    ...method,
    type: 'MOCK',
    requestTemplates: { 'application/json': '{"statusCode": 200}' },
  });
  await apiGateway.putMethodResponse(ok);
  await apiGateway.putIntegrationResponse({ ...ok, responseTemplates: { 'application/json': '{"hello": "world"}' } });
  await apiGateway.createDeployment({ ...api, stageName: 'dev' });
  return api.restApiId;
}

async function run(resource: string, parameters: object) {
  const task = { Type: 'Task', Resource: `arn:aws:states:::${resource}`, Parameters: parameters, End: true };
  const definition = { StartAt: 'Call', States: { Call: task } };
  const machine = await createMachine(laptop.client, `machine-${crypto.randomUUID()}`, definition);
  const { status, output, error, cause } = await runToEnd(laptop.client, machine, {});
  return { status, output: output && JSON.parse(output), error, cause };
}

test('an HTTP task is let in by a connection, with all that the connection adds', async () => {
  await expect.poll(async () => (await events.describeConnection({ Name: name })).ConnectionState).toBe('AUTHORIZED');
  const { output } = await run('http:invoke', {
    ApiEndpoint: `http://127.0.0.1:${web.port}/`,
    Method: 'GET',
    InvocationConfig: { ConnectionArn: connectionArn },
  });
  expect(output).toMatchObject({ ResponseBody: 'heard', StatusCode: 200 });
  expect(web.asked[0]!.headers).toMatchObject({ 'x-key': 'key-value', 'x-open': 'open', 'x-secret': 'secret' });
});

test('a connection that does not exist is not found', async () => {
  const ended = await run('http:invoke', {
    ApiEndpoint: `http://127.0.0.1:${web.port}/`,
    Method: 'GET',
    InvocationConfig: { ConnectionArn: connectionArn.replace(name, 'nobody') },
  });
  expect(ended).toMatchObject({ status: 'FAILED', error: 'Events.ConnectionResource.ResourceNotFound' });
});

test.each(['NO_AUTH', 'IAM_ROLE'])('an API of API Gateway answers, asked with %s', async (AuthType) => {
  const ApiEndpoint = `${restApiId}.execute-api.${place.region}.amazonaws.com`;
  const { output } = await run('apigateway:invoke', {
    ApiEndpoint,
    Method: 'POST',
    Stage: 'dev',
    Path: 'pets',
    RequestBody: { name: 'Rex' },
    AuthType,
  });
  expect(output).toMatchObject({ ResponseBody: { hello: 'world' }, StatusCode: 200, StatusText: 'OK' });
  expect(output.Headers).toMatchObject({ 'Content-Type': ['application/json'] });
});

test('what an API does not have it refuses by status, with its own body as the cause', async () => {
  const ApiEndpoint = `${restApiId}.execute-api.${place.region}.amazonaws.com`;
  const ended = await run('apigateway:invoke', { ApiEndpoint, Method: 'GET', Stage: 'dev', Path: 'nothing' });
  expect(ended).toMatchObject({ status: 'FAILED', error: 'ApiGateway.403' });
  expect(JSON.parse(ended.cause!)).toEqual({ message: 'Missing Authentication Token' });
});
