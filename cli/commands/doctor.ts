// `stepwell doctor`: everything that is neither running, nor waiting for something known, nor finished, one line each,
// with what to do about it. `--repair` mends what can be mended, `--discard` gives up what is lost. docs/operations.md is for
// whoever is on call.
import type { Finding } from '../../core/doctor/findings.ts';
import { parseCommandLine, parseInteger } from '../arguments.ts';
import { CONNECTION_FLAGS, callStepwell, connect } from '../client.ts';
import type { Io } from '../io.ts';

const FLAGS = {
  ...CONNECTION_FLAGS,
  repair: { type: 'boolean', default: false },
  thorough: { type: 'boolean', default: false },
  overdue: { type: 'string', default: '60' },
  discard: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

const YEAR_SECONDS = 31_536_000;

/** What Diagnose gives; Repair also tells what became of it. */
type Found = Finding & { repaired?: boolean };

/** Exit code: 0 nothing is wrong (any more), 1 something is. */
export async function doctor(args: string[], io: Io): Promise<number> {
  const { values } = parseCommandLine(args, FLAGS, []);
  const { repair, thorough, discard, json } = values;
  const overdueSeconds = parseInteger('--overdue', values.overdue, { min: 0, max: YEAR_SECONDS });
  const client = connect(values, process.env);
  if (discard !== undefined) {
    await callStepwell(client, ...discardOf(discard));
    io.err(`${discard} is gone.`);
    return 0;
  }
  const counts = { found: 0, repaired: 0 };
  for (let nextToken: string | undefined; ; ) {
    const page = await callStepwell<{ findings: Found[]; nextToken?: string }>(client, repair ? 'Repair' : 'Diagnose', {
      overdueSeconds,
      thorough,
      nextToken,
    });
    for (const finding of page.findings) {
      counts.found++;
      if (finding.repaired) counts.repaired++;
      io.out(json ? JSON.stringify(finding) : lineOf(finding));
    }
    nextToken = page.nextToken;
    if (nextToken === undefined) break;
  }
  if (!json) io.err(summary(counts, repair));
  return counts.found === counts.repaired ? 0 : 1;
}

/** An execution or a state machine by its ARN, a message by its id. */
function discardOf(subject: string): [action: string, input: object] {
  const [, resource] = /^arn:[^:]*:states:[^:]*:[^:]*:(\w+):/.exec(subject) ?? [];
  if (resource === 'execution') return ['DiscardExecution', { executionArn: subject }];
  if (resource === 'stateMachine') return ['DiscardStateMachine', { stateMachineArn: subject }];
  return ['DiscardMessage', { messageId: subject }];
}

function lineOf({ kind, subject, problem, cause, advice, repaired }: Found): string {
  const why = cause === undefined ? '' : ` Cause: ${cause.replaceAll(/\s*\n\s*/g, ' ')}`;
  return `${kind.padEnd(10)}  ${subject}  ${problem}${why}  ${repaired ? done(kind) : `→ ${advice}`}`;
}

function done(kind: Finding['kind']): string {
  return kind === 'list' || kind === 'expired' ? 'Corrected.' : 'Sent again.';
}

function summary({ found, repaired }: { found: number; repaired: number }, isRepair: boolean): string {
  if (found === 0) return 'Everything is running, waiting for something known, or finished.';
  const things = found === 1 ? '1 thing needs' : `${found} things need`;
  return isRepair
    ? `${repaired} of ${found} repaired.`
    : `${things} attention; stepwell doctor --repair mends what it can.`;
}
