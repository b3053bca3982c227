// The world as the durable engine sees it: the ports, chance, ids, and the settings of one deployment. Whoever boots
// (a Lambda handler, the local server, a test) makes one and hands it to everything; nothing in core reads anything else.
import type { CallOutcome } from './engine/call.ts';
import type { Creation } from './execution.ts';
import type { JsonObject } from './expr/json.ts';
import type { Mocks } from './integrations/mocked.ts';
import type { Limits } from './limits.ts';
import type {
  AwsServices,
  Clock,
  Connections,
  HttpEndpoints,
  LambdaFunctions,
  Payloads,
  Queue,
  Table,
} from './ports.ts';

export interface Settings {
  account: string;
  region: string;
  partition: string;
  limits: Limits;
  /** Transitions along one line of calls before the rest goes through the queue; 1 is the classical shape. */
  transitionsPerMessage: number;
  /** Calls one worker holds at once; further ones go to further workers. */
  callsPerWorker: number;
  /** How long GetActivityTask waits for a task: AWS waits 60 seconds. */
  activityPollMs: number;
  /** Days the records of an ended execution are kept at least. */
  retentionDays: number;
  /**
   * Names this boot of an embedded engine: a claim of another boot is over at once, because its calls died with the
   * process. Undefined where workers are Lambda invocations, which outlive each other.
   */
  bootId?: string;
  /** The functions that start executions for triggers; undefined where this very process does. */
  startFunctions?: StartFunctions;
  /** Where there are no such functions: whether buckets and events can tell this process. */
  hearsSources?: boolean;
}

/** What the sources of triggers are connected to. */
export interface StartFunctions {
  /** ARNs. */
  sqs: string;
  s3: string;
  events: string;
  /** Names of rules begin with it: those rules may call the functions. */
  rulePrefix: string;
}

/** The Step Functions API of this very deployment, for executions that call it. */
export interface OwnApi {
  /** Performs an action; throws ApiError. A `parent` waits for the execution that StartExecution begins. */
  perform(action: string, input: JsonObject, parent?: Creation['parent']): Promise<JsonObject>;
  /** Lets a child that was begun before work for this parent; undefined when it cannot (redrive-child.ts). */
  resumeChild(executionArn: string, parent: NonNullable<Creation['parent']>): Promise<ResumedChild | undefined>;
}

export interface ResumedChild {
  startDate: number;
  /** Its end, where it is over. */
  answer?: CallOutcome;
}

export interface HttpWorld {
  endpoints: HttpEndpoints;
  connections: Connections;
  /** Access tokens of OAuth connections, as this process remembers them; who forgets one asks for another. */
  tokens: Map<string, { value: string; until: number }>;
}

export interface World {
  table: Table;
  queue: Queue;
  payloads: Payloads;
  clock: Clock;
  lambda: LambdaFunctions;
  /** Everything else of AWS. A world without it calls functions only. */
  services?: AwsServices;
  /** Endpoints outside of AWS's SDK: for HTTP tasks and API Gateway. */
  http?: HttpWorld;
  /** Answers that executions of test cases get instead of calls; only where somebody tests. */
  mocks?: Mocks;
  /** Where one process is all there is: who of its workers is at work, by the names that claims have. */
  working?: Set<string>;
  /** Set by the handlers, above everything it is made of. */
  ownApi?: OwnApi;
  /** Hears that triggers changed, where this very process watches their sources. */
  onTriggersChanged?(): void;
  /** Uniform in [0, 1). */
  random(): number;
  /** A fresh version 4 UUID. */
  newId(): string;
  settings: Settings;
}
