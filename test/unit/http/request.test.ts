// The request of an HTTP task as the guide of the service describes it: merging, encoding, tokens.
import { describe, expect, test } from 'vitest';
import { parseJson, printJson } from '../../../core/expr/json.ts';
import { tokenRequest } from '../../../core/integrations/http-authorization.ts';
import { readConnection, withSecret } from '../../../core/integrations/http-connection.ts';
import { type ArrayFormat, formText } from '../../../core/integrations/http-form.ts';
import { taskRequest, withContentType } from '../../../core/integrations/http-request.ts';
import type { Connection } from '../../../core/ports.ts';

const SENDER = { region: 'eu-west-1', maxBytes: 262_144 };
const OWN = [
  ['User-Agent', 'Amazon|StepFunctions|HttpInvoke|eu-west-1'],
  ['Range', 'bytes=0-262144'],
];
const NONE = { headers: [], query: [], body: [] };
const CONNECTION = {
  authorization: { type: 'API_KEY', name: 'ApiKey', value: 'key_value' } as Connection['authorization'],
  authorized: { headers: [['ApiKey', 'key_value'] as const] },
  parameters: {
    headers: [['Header-Param', 'connection_header_param'] as const],
    query: [['QueryParam', 'connection_query_param'] as const],
    body: [['BodyParam', 'connection_body_param'] as const],
  },
};
const TASK = {
  ApiEndpoint: 'https://example.com/path',
  Method: 'POST',
  Headers: { 'Request-Id': 'my_request_id', 'header-param': 'state_machine_header_param' },
  RequestBody: { Job: 'Software Engineer', Company: 'AnyCompany', BodyParam: 'state_machine_body_param' },
  QueryParameters: { QueryParam: 'state_machine_query_param', other: 'a b' },
};

describe('the connection and the task are merged', () => {
  const request = taskRequest(TASK, SENDER, CONNECTION);

  test('headers by name whatever the case, those of the connection win, then ours', () => {
    expect(request.headers).toEqual([
      ['Request-Id', 'my_request_id'],
      ['ApiKey', 'key_value'],
      ['Header-Param', 'connection_header_param'],
      ...OWN,
    ]);
    expect(withContentType(request).at(-1)).toEqual(['Content-Type', 'application/json; charset=UTF-8']);
  });

  test('query parameters and body', () => {
    expect(request.url).toBe('https://example.com/path?other=a%20b&QueryParam=connection_query_param');
    expect(request.body).toBe('{"Job":"Software Engineer","Company":"AnyCompany","BodyParam":"connection_body_param"}');
  });

  test('what stays without the connection shows none of it', () => {
    expect(printJson(taskRequest(TASK, SENDER) as never)).not.toMatch(/connection_|key_value/);
  });

  test('a body that is text cannot be merged', () => {
    expect(() => taskRequest({ ...TASK, RequestBody: 'text' }, SENDER, CONNECTION)).toThrow(
      expect.objectContaining({ error: 'States.Runtime' }),
    );
  });

  test('body parameters of the connection make a body where the task has none', () => {
    const { RequestBody: _none, ...rest } = TASK;
    expect(taskRequest(rest, SENDER, CONNECTION).body).toBe('{"BodyParam":"connection_body_param"}');
  });
});

test('a header of the author keeps its type, no body has none, and nobody sets Range or User-Agent', () => {
  const base = { ApiEndpoint: 'https://example.com', Method: 'GET' };
  const typed = taskRequest({ ...base, Headers: { 'content-type': 'text/xml' }, RequestBody: '<a/>' }, SENDER);
  expect(withContentType(typed)[0]).toEqual(['content-type', 'text/xml']);
  expect(typed.body).toBe('<a/>');
  const bare = taskRequest({ ...base, Headers: { 'user-agent': 'me', range: 'all' } }, SENDER);
  expect(withContentType(bare)).toEqual(OWN);
});

test('a list is a header repeated, numbers and booleans are their text, numbers are not rounded', () => {
  const parameters = parseJson(
    '{"ApiEndpoint":"https://example.com?a=1#part","Method":"GET","Headers":{"X-A":["1","2"],"X-B":12345678901234567890},"QueryParameters":{"b":[2,true],"c":{"d":"é"},"e":null}}',
  );
  const { url, headers } = taskRequest(parameters as never, SENDER);
  expect(headers.slice(0, 3)).toEqual([
    ['X-A', '1'],
    ['X-A', '2'],
    ['X-B', '12345678901234567890'],
  ]);
  expect(url).toBe('https://example.com/?a=1&b=2&b=true&c%5Bd%5D=%C3%A9&e=');
});

describe('form encoding', () => {
  const decoded = (format: ArrayFormat) => decodeURIComponent(formText({ array: ['a', 'b'] }, format));

  test.each([
    ['INDICES', 'array[0]=a&array[1]=b'],
    ['REPEAT', 'array=a&array=b'],
    ['COMMAS', 'array=a,b'],
    ['BRACKETS', 'array[]=a&array[]=b'],
  ] as const)('of arrays as %s: %s', (format, text) => {
    expect(decoded(format)).toBe(text);
  });

  test('nests in brackets and escapes everything that is reserved', () => {
    const body = { customer: '12', metadata: { 'order details': "it's (50% & more)*!" }, list: [{ id: 1 }] };
    expect(formText(body, 'INDICES')).toBe(
      'customer=12&metadata%5Border%20details%5D=it%27s%20%2850%25%20%26%20more%29%2A%21&list%5B0%5D%5Bid%5D=1',
    );
  });

  test('applies to the merged body, when the Transform asks for it', () => {
    const Transform = { RequestBodyEncoding: 'URL_ENCODED', RequestEncodingOptions: { ArrayFormat: 'COMMAS' } };
    const { body } = taskRequest({ ...TASK, RequestBody: { a: [1, 2] }, Transform }, SENDER, CONNECTION);
    expect(body).toBe('a=1%2C2&BodyParam=connection_body_param');
    const none = { ...TASK, RequestBody: { a: 1 }, Transform: { RequestBodyEncoding: 'NONE' } };
    expect(taskRequest(none, SENDER).body).toBe('{"a":1}');
  });
});

describe('the request for a token', () => {
  const oauth = {
    type: 'OAUTH_CLIENT_CREDENTIALS',
    endpoint: 'https://auth.example.com/token?x=1',
    method: 'POST',
    clientId: 'me',
    clientSecret: 's&cret',
    parameters: NONE,
  } as const;

  test('is a form with the client’s credentials', () => {
    expect(tokenRequest(oauth)).toEqual({
      method: 'POST',
      url: 'https://auth.example.com/token?x=1',
      headers: [
        ['Accept', 'application/json'],
        ['Content-Type', 'application/x-www-form-urlencoded'],
      ],
      body: 'grant_type=client_credentials&client_id=me&client_secret=s%26cret',
    });
  });

  test('takes the parameters of the connection: JSON if they say so, in the query of a GET', () => {
    const parameters = {
      headers: [['content-type', 'application/json'] as const],
      query: [['y', '2'] as const],
      body: [['scope', 'read'] as const, ['grant_type', 'other'] as const],
    };
    expect(tokenRequest({ ...oauth, parameters })).toMatchObject({
      url: 'https://auth.example.com/token?x=1&y=2',
      body: '{"client_id":"me","client_secret":"s&cret","scope":"read","grant_type":"other"}',
    });
    const get = tokenRequest({ ...oauth, method: 'GET', parameters: { ...parameters, headers: [] } });
    expect(get.body).toBeUndefined();
    expect(get.url).toContain('client_secret=s%26cret&scope=read&grant_type=other&y=2');
  });
});

describe('a connection of EventBridge', () => {
  const value = (Key: string, Value?: string) => ({
    Key,
    ...(Value ? { Value } : {}),
    IsValueSecret: Value === undefined,
  });

  test('gets its secrets out of the secret', () => {
    const described = {
      AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS',
      AuthParameters: {
        OAuthParameters: {
          AuthorizationEndpoint: 'https://auth.example.com',
          HttpMethod: 'POST',
          ClientParameters: { ClientID: 'me' },
          OAuthHttpParameters: { BodyParameters: [value('scope')] },
        },
        InvocationHttpParameters: { HeaderParameters: [value('X-Open', 'yes'), value('X-Secret')] },
      },
    };
    const secret = {
      client_id: 'me',
      client_secret: 'hidden',
      oauth_http_parameters: { body_parameters: [{ key: 'scope', value: 'all', is_value_secret: true }] },
      invocation_http_parameters: { header_parameters: [{ key: 'X-Secret', value: 'shh' }] },
    };
    expect(readConnection(withSecret(described, secret))).toEqual({
      authorization: {
        type: 'OAUTH_CLIENT_CREDENTIALS',
        endpoint: 'https://auth.example.com',
        method: 'POST',
        clientId: 'me',
        clientSecret: 'hidden',
        parameters: { ...NONE, body: [['scope', 'all']] },
      },
      parameters: {
        ...NONE,
        headers: [
          ['X-Open', 'yes'],
          ['X-Secret', 'shh'],
        ],
      },
    });
  });

  test.each([
    [{ AuthorizationType: 'BASIC' }, 'AuthParameters is missing'],
    [{ AuthorizationType: 'MAGIC', AuthParameters: {} }, 'AuthorizationType is API_KEY, BASIC or'],
    [
      { AuthorizationType: 'API_KEY', AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'X' } } },
      'ApiKeyValue is missing',
    ],
    [
      {
        AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS',
        AuthParameters: {
          OAuthParameters: { AuthorizationEndpoint: 'here', HttpMethod: 'POST', ClientParameters: {} },
        },
      },
      'AuthorizationEndpoint is no URL',
    ],
  ])('that lacks something is refused by the name of it: %j', (given, text) => {
    expect(() => readConnection(given)).toThrow(text);
  });
});
