// What a connection adds to a request so that the other side lets it in. Tokens of OAuth are asked for when first
// needed and remembered until shortly before they expire, or until the other side will not have them any more.
import { StatesError } from '../errors.ts';
import { isNumber, isObject, type Json, parseJson, printJson, toNumber } from '../expr/json.ts';
import { type Connection, HttpTrouble, type NameValue } from '../ports.ts';
import type { HttpWorld, World } from '../world.ts';
import { connectionError } from './http-connection.ts';
import { formText, pair } from './http-form.ts';
import { type Authorized, merged } from './http-request.ts';

type OAuth = Extract<Connection['authorization'], { type: 'OAUTH_CLIENT_CREDENTIALS' }>;

/** A token is not used any more when it has less than this to live. */
const RESERVE_MS = 60_000;
const TOKEN_BYTES_MAX = 64 * 1024;

/** Throws StatesError when no token can be had. */
export async function authorize(
  { http, clock }: { http: HttpWorld; clock: World['clock'] },
  { authorization }: Connection,
  signal: AbortSignal,
): Promise<Authorized> {
  switch (authorization.type) {
    case 'API_KEY':
      return { headers: [[authorization.name, authorization.value]] };
    case 'BASIC': {
      const { username, password } = authorization;
      return { headers: [['Authorization', `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`]] };
    }
    case 'OAUTH_CLIENT_CREDENTIALS': {
      const key = tokenKey(authorization);
      const known = http.tokens.get(key);
      const token = known !== undefined && clock.now() < known.until ? known.value : undefined;
      const value = token ?? (await newToken(http, authorization, key, clock, signal));
      return { headers: [['Authorization', `Bearer ${value}`]] };
    }
  }
}

/** The other side said 401 or 407: the next request gets a new token. */
export function forgetToken({ tokens }: HttpWorld, { authorization }: Connection): void {
  if (authorization.type === 'OAUTH_CLIENT_CREDENTIALS') tokens.delete(tokenKey(authorization));
}

function tokenKey(authorization: OAuth): string {
  return printJson(authorization as unknown as Json);
}

async function newToken(
  { endpoints, tokens }: HttpWorld,
  oauth: OAuth,
  key: string,
  clock: World['clock'],
  signal: AbortSignal,
): Promise<string> {
  const refused = (why: string) =>
    connectionError('InvalidConnectionState', `The authorization endpoint ${oauth.endpoint} gave no token: ${why}`);
  try {
    const { status, statusText, body } = await endpoints.send(
      { ...tokenRequest(oauth), maxBytes: TOKEN_BYTES_MAX },
      signal,
    );
    if (status < 200 || status > 299) throw refused(`${status} ${statusText}`);
    const answer = parsed(Buffer.from(body).toString());
    if (!isObject(answer) || typeof answer.access_token !== 'string')
      throw refused('there is no access_token in its answer.');
    const { access_token: value, expires_in: seconds } = answer;
    const lasts = isNumber(seconds) ? toNumber(seconds) : Number(seconds ?? Number.POSITIVE_INFINITY);
    tokens.set(key, { value, until: clock.now() + lasts * 1000 - RESERVE_MS });
    return value;
  } catch (error) {
    if (error instanceof StatesError || !(error instanceof HttpTrouble)) throw error;
    throw refused(error.message);
  }
}

function parsed(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}

/** RFC 6749, section 4.4, with the client's credentials among the parameters; those of the connection win. */
export function tokenRequest(oauth: OAuth): { method: string; url: string; headers: NameValue[]; body?: string } {
  const { endpoint, method, clientId, clientSecret, parameters } = oauth;
  const fields = merged(
    [
      ['grant_type', 'client_credentials'],
      ['client_id', clientId],
      ['client_secret', clientSecret],
    ],
    parameters.body,
  );
  const url = new URL(endpoint);
  const isInQuery = method === 'GET';
  const query = [...(isInQuery ? fields : []), ...parameters.query].map(([name, value]) => pair(name, value));
  url.search = [url.search.slice(1), ...query].filter((text) => text !== '').join('&');
  const headers = merged([['Accept', 'application/json']], parameters.headers);
  if (isInQuery) return { method, url: url.href, headers };
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const members = Object.fromEntries(fields);
  return {
    method,
    url: url.href,
    headers: type === undefined ? [...headers, ['Content-Type', 'application/x-www-form-urlencoded']] : headers,
    body: type?.startsWith('application/json') ? printJson(members) : formText(members, 'REPEAT'),
  };
}
