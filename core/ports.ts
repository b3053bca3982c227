// Every interface to the outside, named after the primitive it stands for. Adapters live in infra/; key design and
// record encoding stand once, above these ports. All times are epoch milliseconds unless a name says otherwise.
import type { JsonObject } from './expr/json.ts';

export interface Key {
  pk: string;
  sk: string;
}

export type AttributeValue = string | number | Uint8Array;

/**
 * One item. Attributes with a meaning for every adapter: `expires` (epoch seconds; the item may vanish after it),
 * `list` and `listSort` (strings: put the item into the list index), `summary` (string: the only other attribute that
 * the list index shows).
 */
export interface Item extends Key {
  [attribute: string]: AttributeValue;
}

export type Condition =
  | { if: 'absent' }
  /** No item, or one whose `expires` has passed (a TTL deletes late). */
  | { if: 'absent-or-expired'; nowSeconds: number }
  | { if: 'exists' }
  | { if: 'equals'; attribute: string; value: string | number };

export interface Range {
  pk: string;
  /** Inclusive bounds on `sk`. */
  from?: string;
  to?: string;
  limit?: number;
  descending?: boolean;
}

export interface ListRange {
  list: string;
  /** Exclusive: go on after this `listSort`. */
  after?: string;
  limit: number;
  descending?: boolean;
}

/** What a record store must give; the subset of DynamoDB that we use. All reads but `list` are strongly consistent. */
export interface Table {
  get(key: Key): Promise<Item | undefined>;
  /** Writes the whole item; false when the condition does not hold (and nothing was written). */
  put(item: Item, condition?: Condition): Promise<boolean>;
  /** Sets some attributes of an item (makes it if there is none); false when the condition does not hold. */
  update(key: Key, set: Record<string, AttributeValue>, condition?: Condition): Promise<boolean>;
  delete(key: Key): Promise<void>;
  /** Items of one partition in order of `sk` (by code unit). Gives all of the range, however many pages it takes, up to `limit`. */
  query(range: Range): Promise<Item[]>;
  /** The list index: eventually consistent, shows keys, `list`, `listSort` and `summary` only. */
  list(range: ListRange): Promise<Item[]>;
}

/** `advance` has short visibility and timeout; `call` takes calls that may last up to 15 minutes (DESIGN D4). */
export type QueueName = 'advance' | 'call';

export interface Outgoing {
  queue: QueueName;
  body: string;
  /** Not to be delivered before; absent or past: at once. Any distance is allowed (D7). */
  at?: number;
}

export interface Received {
  id: string;
  receipt: string;
  body: string;
  /** Times this message was received, this one included. A hint only (D3). */
  receiveCount: number;
  sentAt: number;
}

/** At-least-once, unordered delivery with a visibility timeout and a dead-letter queue; SQS standard. */
export interface Queue {
  send(messages: Outgoing[]): Promise<void>;
  receive(queue: QueueName, max: number, visibilitySeconds: number): Promise<Received[]>;
  delete(queue: QueueName, receipt: string): Promise<void>;
  /** Makes a received message visible again after `seconds` (at most 43,200). */
  postpone(queue: QueueName, receipt: string, seconds: number): Promise<void>;
  /** Hands messages kept for later to the queue where the queue itself cannot wait that long; the sweep calls it every minute. */
  sweep(now: number): Promise<number>;
}

/** Where bodies go that are too large for a table item. Keys are content-addressed: writing twice is harmless. */
export interface Payloads {
  /** Bodies of more bytes than this belong here. */
  readonly thresholdBytes: number;
  /** Bodies of more bytes than this are worth the time to compress. Absent where writes are charged by size: almost all. */
  readonly deflateAboveBytes?: number;
  put(key: string, body: Uint8Array): Promise<void>;
  get(key: string): Promise<Uint8Array | undefined>;
}

export interface Clock {
  now(): number;
  /** Resolves when `at` has come, or as soon as `signal` aborts. Never rejects. */
  until(at: number, signal: AbortSignal): Promise<void>;
}

/** Whose permissions a request has. Both absent: our own. */
export interface Roles {
  /** A role that the task names under Credentials: assumed for this request. */
  roleArn?: string;
  /** The state machine's role, for requests without a role of their own, where machines' roles are assumed at all. */
  machineRoleArn?: string;
}

/** One request to a Lambda function. `payload` and the answer's are JSON text. */
export interface LambdaRequest extends Roles {
  /** As the definition wrote it: ARN, partial ARN or name. */
  functionName: string;
  qualifier?: string;
  payload: string;
  invocationType?: string;
  clientContext?: string;
  logType?: string;
}

export interface LambdaAnswer {
  statusCode: number;
  payload: string;
  executedVersion: string;
  requestId: string;
  /** `Unhandled` or `Handled` when the function failed: `payload` then is AWS's error object. */
  functionError?: string;
  logResult?: string;
}

/** A refusal by the service before or instead of running the function, e.g. ResourceNotFoundException. */
export class ServiceError extends Error {
  /** The service's error code, without prefix: `ResourceNotFoundException`, `TooManyRequestsException`, `SdkClientException`... */
  readonly code: string;
  readonly status: number;
  readonly requestId: string;

  constructor(code: string, message: string, status: number, requestId: string) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.requestId = requestId;
  }
}

export interface LambdaFunctions {
  /** The function's configured timeout, or undefined where it cannot be known (then the call goes to the `call` queue). */
  timeoutMs(functionName: string, roles?: Roles): Promise<number | undefined>;
  /** Throws ServiceError, and StatesError for a role that cannot be assumed. Rejects promptly when `signal` aborts; the function itself may run on, as on AWS. */
  invoke(request: LambdaRequest, signal: AbortSignal): Promise<LambdaAnswer>;
}

/** One request to a service of AWS. */
export interface ServiceRequest extends Roles {
  /** As `aws-sdk` Resources write it, in lower case: `dynamodb`, `secretsmanager`. */
  service: string;
  /** In camelCase: `putItem`. */
  action: string;
  parameters: JsonObject;
  /**
   * AWS's own integrations stand on two generations of its Java SDK, which spell an answer differently: `v1`
   * `MD5OfMessageBody` and times in milliseconds, `v2` `Md5OfMessageBody` and times as ISO text.
   */
  spelling: 'v1' | 'v2';
}

export interface ServiceAnswer {
  output: JsonObject;
  status: number;
  requestId: string;
  headers: Record<string, string>;
}

/** A refusal by a service that was called through AwsServices, or a request that never got there (status 0). */
export class AwsServiceError extends ServiceError {
  /** The service's id: `DynamoDB`, `Secrets Manager`. */
  readonly serviceId: string;
  /** The exception's name in the service's model; undefined for an error that the model does not have. */
  readonly exception: string | undefined;
  readonly extendedRequestId: string | undefined;

  constructor(
    error: Pick<ServiceError, 'code' | 'message' | 'status' | 'requestId'>,
    { serviceId, exception, extendedRequestId }: { serviceId: string; exception?: string; extendedRequestId?: string },
  ) {
    super(error.code, error.message, error.status, error.requestId);
    this.serviceId = serviceId;
    this.exception = exception;
    this.extendedRequestId = extendedRequestId;
  }
}

/** Any action of any service of AWS. */
export interface AwsServices {
  /** Makes one attempt. Throws ServiceError; rejects promptly when `signal` aborts. */
  call(request: ServiceRequest, signal: AbortSignal): Promise<ServiceAnswer>;
}

export type NameValue = readonly [name: string, value: string];

/** One HTTP request to wherever a definition says. */
export interface HttpRequest {
  method: string;
  /** Absolute and encoded. */
  url: string;
  headers: NameValue[];
  body?: string;
  /** An answer with more bytes is not read to its end. */
  maxBytes: number;
  /** Set for an API of API Gateway: any of them may be called. With `sign` the request carries these roles' signature. */
  apiGateway?: { sign?: Roles };
  /** Set for the Kubernetes API of an EKS cluster: any of them may be called, and by nobody without a token. */
  cluster?: ClusterAccess;
}

/** How a request is let in by the Kubernetes API of a cluster. */
export interface ClusterAccess {
  /** The cluster's name: the token is good for no other. */
  name: string;
  /** The certificate to trust, and no other: PEM in Base64. */
  certificateAuthority: string;
  /** Who calls: the token is these roles'. */
  roles: Roles;
}

export interface HttpAnswer {
  status: number;
  statusText: string;
  /** Names as they came. */
  headers: NameValue[];
  body: Uint8Array;
}

/** Why there is no answer: nobody may call that host, the way there failed, or the answer is larger than was asked for. */
export class HttpTrouble extends Error {
  readonly kind: 'refused' | 'socket' | 'too-large';

  constructor(kind: HttpTrouble['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface HttpEndpoints {
  /** Makes one attempt and follows no redirect. Throws HttpTrouble, StatesError for a role that cannot be assumed. */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
}

/** What a connection adds to every request, or to the request for a token. */
export interface HttpParameters {
  headers: NameValue[];
  query: NameValue[];
  body: NameValue[];
}

/** An EventBridge connection with its secrets. */
export interface Connection {
  authorization:
    | { type: 'API_KEY'; name: string; value: string }
    | { type: 'BASIC'; username: string; password: string }
    | {
        type: 'OAUTH_CLIENT_CREDENTIALS';
        endpoint: string;
        method: string;
        clientId: string;
        clientSecret: string;
        parameters: HttpParameters;
      };
  parameters: HttpParameters;
}

export interface Connections {
  /** Throws StatesError `Events.ConnectionResource.*`, or for a role that cannot be assumed. */
  find(connectionArn: string, roles: Roles, signal: AbortSignal): Promise<Connection>;
}
