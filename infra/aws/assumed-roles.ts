// The role that a request runs under: the one its task names under Credentials, else the machine's, as far as the
// deployment assumes those. Assumed when first needed, kept until shortly before it expires.
import { randomUUID } from 'node:crypto';
import { StatesError } from '../../core/errors.ts';
import { isObject, type JsonObject } from '../../core/expr/json.ts';
import { type Roles, type ServiceAnswer, ServiceError } from '../../core/ports.ts';

export interface RoleCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

export interface RolesOptions {
  assumeRole(parameters: JsonObject, signal: AbortSignal): Promise<ServiceAnswer>;
  now(): number;
  /** Whether requests run under the machine's role: `try` falls back to our own where that cannot be assumed. */
  machineRoles: 'never' | 'try' | 'must';
}

/** Credentials are not used any more when less than this is left of them: a call may take as long. */
const RESERVE_MS = 15 * 60_000;
/** How long we believe that a role cannot be assumed. */
const REFUSED_MS = 5 * 60_000;

/** Undefined: our own. Throws StatesError for a role that must be assumed and cannot be. */
export type RoleOf = (roles: Roles, signal: AbortSignal) => Promise<RoleCredentials | undefined>;

export function assumedRoles({ assumeRole, now, machineRoles }: RolesOptions): RoleOf {
  const kept = new Map<string, { credentials: RoleCredentials | undefined; until: number }>();

  async function assumed(roleArn: string, signal: AbortSignal): Promise<RoleCredentials | undefined> {
    const known = kept.get(roleArn);
    if (known !== undefined && now() < known.until) return known.credentials;
    try {
      const { output } = await assumeRole({ RoleArn: roleArn, RoleSessionName: `stepwell-${randomUUID()}` }, signal);
      const { credentials, expires } = credentialsOf(output);
      kept.set(roleArn, { credentials, until: expires - RESERVE_MS });
      return credentials;
    } catch (error) {
      if (!(error instanceof ServiceError) || error.status === 0) throw error;
      kept.set(roleArn, { credentials: undefined, until: now() + REFUSED_MS });
      return undefined;
    }
  }

  return async ({ roleArn, machineRoleArn }, signal) => {
    const wanted = roleArn ?? (machineRoles === 'never' ? undefined : machineRoleArn);
    if (wanted === undefined) return undefined;
    const credentials = await assumed(wanted, signal);
    if (credentials !== undefined || (roleArn === undefined && machineRoles === 'try')) return credentials;
    const cause =
      roleArn === undefined
        ? `Stepwell is not authorized to assume the state machine's role, ${wanted}.`
        : `The role ${machineRoleArn} is not authorized to assume the task state's role, ${wanted}.`;
    throw new StatesError('States.TaskFailed', cause);
  };
}

function credentialsOf({ Credentials }: JsonObject): { credentials: RoleCredentials; expires: number } {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = isObject(Credentials) ? Credentials : {};
  return {
    credentials: {
      accessKeyId: String(AccessKeyId),
      secretAccessKey: String(SecretAccessKey),
      sessionToken: String(SessionToken),
    },
    expires: Date.parse(String(Expiration)),
  };
}
