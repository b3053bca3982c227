// The arguments of the two integrations that send an HTTP request of the author's own making: `http:invoke` and
// `apigateway:invoke`. Headers that AWS keeps to itself are refused when the machine is created, as far as they stand in
// the definition, and again when the task begins, by when paths and expressions have become values.
import { isNumber, isObject, type Json, type JsonObject } from '../expr/json.ts';

type Test = (value: Json) => boolean;

interface Rules {
  required: readonly string[];
  /** Every argument with what it must be. */
  arguments: Record<string, Test>;
  isReservedHeader(name: string): boolean;
}

const text: Test = (value) => typeof value === 'string';
const flag: Test = (value) => typeof value === 'boolean';
const anything: Test = () => true;
const oneOf =
  (...values: string[]): Test =>
  (value) =>
    typeof value === 'string' && values.includes(value);
const scalar: Test = (value) => typeof value === 'string' || typeof value === 'boolean' || isNumber(value);
const listOf =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test);
const mapOf =
  (test: Test): Test =>
  (value) =>
    isObject(value) && Object.values(value).every((member) => member === null || test(member));
const either =
  (...tests: Test[]): Test =>
  (value) =>
    tests.some((test) => test(value));
const connection: Test = (value) => isObject(value) && typeof value.ConnectionArn === 'string';

const METHOD = oneOf('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD');

/** https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html */
const HTTP: Rules = {
  required: ['ApiEndpoint', 'Method'],
  arguments: {
    ApiEndpoint: (value) => typeof value === 'string' && isWebAddress(value),
    Method: METHOD,
    Authentication: connection,
    InvocationConfig: connection,
    Headers: mapOf(either(scalar, listOf(scalar))),
    QueryParameters: either(text, isObject),
    RequestBody: anything,
    Transform: isTransform,
  },
  isReservedHeader: reserved(
    `a-im accept-charset accept-datetime accept-encoding authorization cache-control connection content-encoding
    content-md5 date expect forwarded from host http2-settings if-match if-modified-since if-none-match if-range
    if-unmodified-since max-forwards origin pragma proxy-authorization referer server te trailer transfer-encoding
    upgrade via warning`,
    'x-forwarded-',
  ),
};

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-api-gateway.html; values of headers are lists (recorded). */
const API_GATEWAY: Rules = {
  required: ['ApiEndpoint', 'Method'],
  arguments: {
    ApiEndpoint: text,
    Method: METHOD,
    Headers: mapOf(listOf(text)),
    Stage: text,
    Path: text,
    QueryParameters: mapOf(listOf(scalar)),
    RequestBody: anything,
    AllowNullValues: flag,
    AuthType: oneOf('NO_AUTH', 'IAM_ROLE', 'RESOURCE_POLICY'),
  },
  isReservedHeader: reserved(
    `authorization connection content-md5 expect host max-forwards proxy-authenticate server te transfer-encoding
    trailer upgrade via www-authenticate`,
    'x-forwarded',
  ),
};

const RULES: Record<string, Rules> = { 'http:invoke': HTTP, 'apigateway:invoke': API_GATEWAY };

function rulesOf(service: string, action: string): Rules | undefined {
  const name = `${service}:${action}`;
  return Object.hasOwn(RULES, name) ? RULES[name] : undefined;
}

/** Arguments that such a task cannot do without; undefined for any other integration. */
export function requiredHttpArguments(service: string, action: string): readonly string[] | undefined {
  return rulesOf(service, action)?.required;
}

/** Headers of a definition that AWS does not let an author set, in AWS's sentence. */
export function reservedHeaders(service: string, action: string, headers: Json | undefined): string | undefined {
  const rules = rulesOf(service, action);
  if (rules === undefined || !isObject(headers)) return undefined;
  const names = Object.keys(headers).map((name) => name.replace(/\.\$$/, '').toLowerCase());
  const refused = names.filter((name) => rules.isReservedHeader(name));
  return refused.length === 0 ? undefined : `The 'Headers' field contains unsupported values: [${refused.join(', ')}]`;
}

/** What keeps a task from starting with these arguments, which are parsed only if somebody looks; undefined when nothing does. */
export function argumentProblem(service: string, action: string, given: { readonly value: Json }): string | undefined {
  const rules = rulesOf(service, action);
  if (rules === undefined) return undefined;
  const members: JsonObject = isObject(given.value) ? given.value : {};
  const isThere = (name: string) => Object.hasOwn(members, name) && members[name] !== null;
  const missing = rules.required.find((name) => !isThere(name));
  if (missing !== undefined) return `The field '${missing}' is required but was missing`;
  for (const [name, value] of Object.entries(members)) {
    const test = Object.hasOwn(rules.arguments, name) ? rules.arguments[name] : undefined;
    if (test === undefined) return `The field "${name}" is not supported by Step Functions`;
    if (value !== null && !test(value)) return `The value of the field '${name}' has an invalid format`;
  }
  if (rules === HTTP && !isThere('Authentication') && !isThere('InvocationConfig'))
    return "The field 'ConnectionArn' is required but was missing";
  return reservedHeaders(service, action, members.Headers);
}

/** The adapter decides which of them may be called, and which without TLS. */
function isWebAddress(address: string): boolean {
  const url = URL.parse(address);
  return (url?.protocol === 'https:' || url?.protocol === 'http:') && url.username === '' && url.password === '';
}

function isTransform(value: Json): boolean {
  if (!isObject(value)) return false;
  const { RequestBodyEncoding = 'NONE', RequestEncodingOptions = {} } = value;
  if (!oneOf('NONE', 'URL_ENCODED')(RequestBodyEncoding) || !isObject(RequestEncodingOptions)) return false;
  const { ArrayFormat = 'INDICES' } = RequestEncodingOptions;
  return oneOf('INDICES', 'REPEAT', 'COMMAS', 'BRACKETS')(ArrayFormat);
}

function reserved(names: string, forwarded: string): (name: string) => boolean {
  const listed = new Set(names.split(/\s+/));
  return (name) => listed.has(name) || [forwarded, 'x-amz-', 'x-amzn-'].some((prefix) => name.startsWith(prefix));
}
