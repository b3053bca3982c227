// The flags of `npm start`, their defaults and their meaning.
import { resolve } from 'node:path';
import { parseCommandLine, parseInteger, UsageError } from '../cli/arguments.ts';
import { LIMITS, type Limits } from '../core/limits.ts';

export const USAGE = `usage: npm start -- [flags]
  --port N                      where to listen (8083; 0 takes any free one)
  --host ADDRESS                of which address (127.0.0.1); any other one needs a token
  --token TOKEN                 take only requests signed with it: it is the secret access key of clients
                                (STEPWELL_TOKEN)
  --state DIR                   where executions are kept (.stepwell)
  --memory                      keep nothing
  --functions DIR               where Lambda functions are found: <name>.ts, .mjs, .js or <name>/index.*
                                (repeatable; before the examples' own)
  --mock-config FILE            mocked answers of tasks, as for Step Functions Local; start with the ARN
                                …:stateMachine:NAME#TESTCASE (SFN_MOCK_CONFIG)
  --connections FILE            connections of HTTP tasks: { NAME: { AuthorizationType, AuthParameters } }, as
                                CreateConnection takes them; \${NAME} is a variable of the environment
  --http-allowed-hosts LIST     hosts that HTTP tasks may call: names, *.names, addresses, CIDRs
                                (*,127.0.0.0/8,::1: any public host, and this machine)
  --once                        run the order example, then end; the exit code tells how it went
  --account ID --region NAME    123456789012, us-east-1
  --limits aws|extended         AWS's own limits, or wider ones (aws)
  --throttling aws|none         requests at the rates of an account of AWS, or as many as can be served (none)
  --transitions-per-message N   transitions one message may take in a row (25)
`;

export interface LocalOptions {
  port: number;
  /** Of this machine only, unless there is a token. */
  host: string;
  /** The secret that requests must be signed with; undefined: all are taken. */
  token?: string;
  /** Undefined: in memory. */
  stateDirectory: string | undefined;
  account: string;
  region: string;
  functionDirectories: string[];
  once: boolean;
  transitionsPerMessage: number;
  limits: Limits;
  /** Whether requests are held to the rates of an account of AWS. */
  throttling: 'aws' | 'none';
  /** The file of mocked answers. */
  mockConfig?: string;
  /** The file of connections. */
  connections?: string;
  /** As infra/http/allowed-hosts.ts reads it. */
  httpAllowedHosts?: string;
}

/** Any public host, and what else runs on this machine. */
export const LAPTOP_HOSTS = '*,127.0.0.0/8,::1';

const FLAGS = {
  port: { type: 'string', default: '8083' },
  host: { type: 'string', default: '127.0.0.1' },
  token: { type: 'string' },
  state: { type: 'string', default: '.stepwell' },
  memory: { type: 'boolean', default: false },
  account: { type: 'string', default: '123456789012' },
  region: { type: 'string', default: 'us-east-1' },
  functions: { type: 'string', multiple: true },
  once: { type: 'boolean', default: false },
  'mock-config': { type: 'string' },
  connections: { type: 'string' },
  'http-allowed-hosts': { type: 'string' },
  'transitions-per-message': { type: 'string', default: '25' },
  limits: { type: 'string', default: 'aws' },
  throttling: { type: 'string', default: 'none' },
  help: { type: 'boolean', default: false },
} as const;

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;
const TOKEN_LENGTH_MIN = 16;

/** Undefined when only help was asked for. */
export function parseOptions(args: string[], env: NodeJS.ProcessEnv = {}): LocalOptions | undefined {
  const { values } = parseCommandLine(args, FLAGS, []);
  if (values.help) return undefined;
  const { account, region, limits, host, throttling } = values;
  const token = values.token ?? (env.STEPWELL_TOKEN || undefined);
  if (token !== undefined && token.length < TOKEN_LENGTH_MIN)
    throw new UsageError(`A token has at least ${TOKEN_LENGTH_MIN} characters: openssl rand -hex 32 makes one.`);
  if (token === undefined && !LOOPBACK.test(host))
    throw new UsageError(`Whoever reaches ${host} could run your functions: set --token, or STEPWELL_TOKEN.`);
  if (!/^\d{12}$/.test(account)) throw new UsageError(`--account takes 12 digits, not '${account}'.`);
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
    throw new UsageError(`--region takes a name like us-east-1, not '${region}'.`);
  if (limits !== 'aws' && limits !== 'extended')
    throw new UsageError(`--limits takes aws or extended, not '${limits}'.`);
  if (throttling !== 'aws' && throttling !== 'none')
    throw new UsageError(`--throttling takes aws or none, not '${throttling}'.`);
  if (values.state === '') throw new UsageError('--state takes a folder.');
  const mockConfig = values['mock-config'] ?? env.SFN_MOCK_CONFIG;
  return {
    port: parseInteger('--port', values.port, { min: 0, max: 65_535 }),
    host,
    ...(token !== undefined && { token }),
    stateDirectory: values.memory ? undefined : resolve(values.state),
    account,
    region,
    functionDirectories: (values.functions ?? []).map((directory) => resolve(directory)),
    once: values.once,
    transitionsPerMessage: parseInteger('--transitions-per-message', values['transitions-per-message'], {
      min: 1,
      max: 1_000_000,
    }),
    limits: LIMITS[limits],
    throttling,
    ...(mockConfig ? { mockConfig: resolve(mockConfig) } : {}),
    ...(values.connections ? { connections: resolve(values.connections) } : {}),
    ...(values['http-allowed-hosts'] === undefined ? {} : { httpAllowedHosts: values['http-allowed-hosts'] }),
  };
}
