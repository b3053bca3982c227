// EventBridge connections as data: the AuthParameters of CreateConnection, from a file, or put together from
// DescribeConnection, which tells everything but the secrets, and the secret that holds those.
// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateConnection.html
import { StatesError } from '../errors.ts';
import { isObject, type Json, type JsonObject } from '../expr/json.ts';
import type { Connection, HttpParameters, NameValue } from '../ports.ts';

export type ConnectionError =
  | 'InvalidConnectionState'
  | 'InvalidPrivateConnectionState'
  | 'AccessDenied'
  | 'ResourceNotFound'
  | 'AuthInProgress'
  | 'InternalError';

export function connectionError(name: ConnectionError, cause: string): StatesError {
  return new StatesError(`Events.ConnectionResource.${name}`, cause);
}

/** `shop` of `arn:aws:events:us-east-1:123456789012:connection/shop/81210c42-8af1-456b-9c4a-6ff02fc664ac`. */
export function connectionName(arn: string): string {
  return /:connection\/([^/]+)/.exec(arn)?.[1] ?? arn;
}

/** Throws SyntaxError naming the member that is missing. */
export function readConnection({ AuthorizationType: type, AuthParameters: given }: JsonObject): Connection {
  const parameters = objectIn({ AuthParameters: given ?? null }, 'AuthParameters');
  return {
    authorization: authorizationOf(type, parameters),
    parameters: readParameters(parameters.InvocationHttpParameters),
  };
}

function authorizationOf(type: Json | undefined, parameters: JsonObject): Connection['authorization'] {
  switch (type) {
    case 'API_KEY': {
      const key = objectIn(parameters, 'ApiKeyAuthParameters');
      return { type, name: textIn(key, 'ApiKeyName'), value: textIn(key, 'ApiKeyValue') };
    }
    case 'BASIC': {
      const basic = objectIn(parameters, 'BasicAuthParameters');
      return { type, username: textIn(basic, 'Username'), password: textIn(basic, 'Password') };
    }
    case 'OAUTH_CLIENT_CREDENTIALS': {
      const oauth = objectIn(parameters, 'OAuthParameters');
      const client = objectIn(oauth, 'ClientParameters');
      const [endpoint, method] = [textIn(oauth, 'AuthorizationEndpoint'), textIn(oauth, 'HttpMethod')];
      if (!URL.canParse(endpoint)) throw new SyntaxError('AuthorizationEndpoint is no URL');
      if (!['GET', 'POST', 'PUT'].includes(method)) throw new SyntaxError('HttpMethod is GET, POST or PUT');
      return {
        type,
        endpoint,
        method,
        clientId: textIn(client, 'ClientID'),
        clientSecret: textIn(client, 'ClientSecret'),
        parameters: readParameters(oauth.OAuthHttpParameters),
      };
    }
    default:
      throw new SyntaxError('AuthorizationType is API_KEY, BASIC or OAUTH_CLIENT_CREDENTIALS');
  }
}

function readParameters(given: Json | undefined): HttpParameters {
  const lists = isObject(given) ? given : {};
  return {
    headers: pairsIn(lists.HeaderParameters),
    query: pairsIn(lists.QueryStringParameters),
    body: pairsIn(lists.BodyParameters),
  };
}

function pairsIn(list: Json | undefined): NameValue[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isObject).map((each): NameValue => [textIn(each, 'Key'), textIn(each, 'Value')]);
}

function objectIn(owner: JsonObject, name: string): JsonObject {
  const value = owner[name];
  if (!isObject(value)) throw new SyntaxError(`${name} is missing`);
  return value;
}

function textIn(owner: JsonObject, name: string): string {
  const value = owner[name];
  if (typeof value !== 'string') throw new SyntaxError(`${name} is missing`);
  return value;
}

/**
 * What DescribeConnection told, completed from its secret: every text of the secret goes where a member of that name is
 * wanted. EventBridge writes names in snake_case and does not document them, so names are compared without case and
 * underscores.
 */
export function withSecret(described: JsonObject, secret: JsonObject): JsonObject {
  const known = byPlainName(secret);
  const parameters = isObject(described.AuthParameters) ? described.AuthParameters : {};
  const { ApiKeyAuthParameters: key, BasicAuthParameters: basic, OAuthParameters: oauth } = parameters;
  const members: JsonObject = { ...parameters };
  if (isObject(key)) members.ApiKeyAuthParameters = { ApiKeyValue: known.apikeyvalue ?? null, ...key };
  if (isObject(basic)) members.BasicAuthParameters = { Password: known.password ?? null, ...basic };
  if (isObject(oauth)) {
    const client = isObject(oauth.ClientParameters) ? oauth.ClientParameters : {};
    members.OAuthParameters = {
      ...oauth,
      ClientParameters: { ClientID: known.clientid ?? null, ClientSecret: known.clientsecret ?? null, ...client },
      OAuthHttpParameters: withSecretValues(oauth.OAuthHttpParameters, known.oauthhttpparameters),
    };
  }
  members.InvocationHttpParameters = withSecretValues(
    parameters.InvocationHttpParameters,
    known.invocationhttpparameters,
  );
  return { ...described, AuthParameters: members };
}

/** DescribeConnection names secret parameters and leaves out their values. */
function withSecretValues(given: Json | undefined, secret: Json | undefined): Json {
  if (!isObject(given)) return {};
  const lists = byPlainName(secret);
  return Object.fromEntries(
    Object.entries(given).map(([kind, list]) => {
      const values = Array.isArray(lists[plain(kind)]) ? (lists[plain(kind)] as Json[]).map(byPlainName) : [];
      const completed = (Array.isArray(list) ? list : []).filter(isObject).map((each) => {
        if (each.Value !== undefined && each.Value !== null) return each;
        return { ...each, Value: values.find(({ key }) => key === each.Key)?.value ?? null };
      });
      return [kind, completed];
    }),
  );
}

function byPlainName(object: Json | undefined): Record<string, Json> {
  if (!isObject(object)) return {};
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [plain(name), value]));
}

function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}
