// Roles that a task names under Credentials: assumed when first needed, kept until shortly before they expire.
import { randomUUID } from 'node:crypto';
import { isObject, type JsonObject } from '../../core/expr/json.ts';
import type { ServiceAnswer } from '../../core/ports.ts';

export interface RoleCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

export type AssumedRoles = (roleArn: string, signal: AbortSignal) => Promise<RoleCredentials>;

/** Credentials are not used any more when less than this is left of them: a call may take as long. */
const RESERVE_MS = 15 * 60_000;

export function assumedRoles(
  assumeRole: (parameters: JsonObject, signal: AbortSignal) => Promise<ServiceAnswer>,
  now: () => number,
): AssumedRoles {
  const kept = new Map<string, { credentials: RoleCredentials; until: number }>();
  return async (roleArn, signal) => {
    const known = kept.get(roleArn);
    if (known !== undefined && now() < known.until) return known.credentials;
    const { output } = await assumeRole({ RoleArn: roleArn, RoleSessionName: `stepwell-${randomUUID()}` }, signal);
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = isObject(output.Credentials)
      ? output.Credentials
      : {};
    const credentials = {
      accessKeyId: String(AccessKeyId),
      secretAccessKey: String(SecretAccessKey),
      sessionToken: String(SessionToken),
    };
    kept.set(roleArn, { credentials, until: Date.parse(String(Expiration)) - RESERVE_MS });
    return credentials;
  };
}
