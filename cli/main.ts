// The `stepwell` command. Talks only the public API, so everything works against AWS as well.
import { UsageError } from './arguments.ts';
import { type Io, processIo } from './io.ts';

type Command = (args: string[], io: Io) => Promise<number>;

/** Loaded when asked for: the SDK is most of the time a command takes to begin. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  create: async () => (await import('./commands/create.ts')).create,
  start: async () => (await import('./commands/start.ts')).start,
  follow: async () => (await import('./commands/follow.ts')).followCommand,
  history: async () => (await import('./commands/history.ts')).history,
  stop: async () => (await import('./commands/stop.ts')).stop,
  approve: async () => (await import('./commands/approve.ts')).approve,
  reject: async () => (await import('./commands/reject.ts')).reject,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  redrive: async () => (await import('./commands/redrive.ts')).redrive,
  list: async () => (await import('./commands/list.ts')).list,
  describe: async () => (await import('./commands/describe.ts')).describe,
  deploy: async () => (await import('./commands/deploy.ts')).deploy,
  trigger: async () => (await import('./commands/trigger.ts')).trigger,
  proxy: async () => (await import('./commands/proxy.ts')).proxy,
  lint: async () => (await import('./lint.ts')).lint,
};

const SYNOPSES = `\
  create <name> <definition file, JSON or YAML> [--role-arn ARN] [--type EXPRESS]
  start <machine> [--input FILE|JSON|-] [--name NAME] [--follow] [--json]
  follow <execution>
  history <execution> [--json]
  stop <execution> [--error E] [--cause C]
  approve <execution> [--output JSON] [--state NAME]
  reject <execution> [--error E] [--cause C] [--state NAME]
  redrive <execution> [--follow]
  redrive <execution> --from STATE [--input FILE|JSON|-] [--variables FILE|JSON|-] [--event ID] [--latest] [--name NAME]
          [--follow]
  doctor [--repair] [--thorough] [--overdue SECONDS] [--discard MESSAGE|ARN] [--json]
  list [<machine>] [--status STATUS] [--json]
  describe <machine>|<execution>
  deploy [<folder>] [--dry-run] [--yes] [--prune] [--adopt] [--publish] [--param NAME=VALUE]...
  trigger sqs <queue> <message>|<file>|-
  trigger s3 <bucket>/<key>
  trigger event <file>|-
  trigger schedule <machine>/<trigger>
  trigger list
  proxy --stage NAME|--url URL [--profile NAME] [--port N]
  lint <definition file>... [--format text|json|sarif] [--type EXPRESS]`;

const CONVENTIONS = `\
A machine is a name or an ARN; an execution an ARN or <machine>:<execution name>.
Where: --stage NAME or --url URL for a deployment; --endpoint-url URL, else AWS_ENDPOINT_URL_SFN, else AWS_ENDPOINT_URL,
else http://127.0.0.1:8083; --aws for the service itself. As whom: --profile NAME, --region NAME.
Exit code: 0 succeeded, 1 failed, aborted or timed out, 2 wrong usage or no answer.`;

/** Of one command, or of all. */
function usage(name?: string): string {
  const synopses = SYNOPSES.split(/\n(?= {2}\S)/);
  const wanted = synopses.filter((synopsis) => name === undefined || synopsis.trim().split(' ', 1)[0] === name);
  return ['usage: stepwell <command> [flags]', ...wanted, CONVENTIONS].join('\n');
}

const HELP = new Set(['--help', '-h', 'help']);

export async function main(args: string[], io: Io): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || HELP.has(name)) {
    io.out(usage());
    return name === undefined ? 2 : 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) {
    io.err(`stepwell: there is no command '${name}'; stepwell --help lists them.`);
    return 2;
  }
  if (rest.some((argument) => argument === '--help' || argument === '-h')) {
    io.out(usage(name));
    return 0;
  }
  try {
    const command = await load();
    return await command(rest, io);
  } catch (error) {
    io.err(`stepwell: ${sentenceFor(error)}`);
    return 2;
  }
}

function sentenceFor(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  const { name, message, code, $metadata } = error as Error & {
    code?: string;
    $metadata?: { httpStatusCode?: number };
  };
  if (code === 'ECONNREFUSED') return 'Nobody answers there: is the server running (npm start)?';
  if (message === 'Region is missing') return 'Which region? Say it with --region, or set AWS_REGION.';
  if (name === 'CredentialsProviderError')
    return `As whom? No credentials were found: set AWS_PROFILE or --profile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. (${message})`;
  if ($metadata?.httpStatusCode !== undefined) return `${name}: ${message}`;
  return error instanceof Error ? (name === 'Error' ? message : `${name}: ${message}`) : String(error);
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), processIo());
