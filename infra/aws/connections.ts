// Connections of EventBridge: what DescribeConnection tells, completed from the secret in Secrets Manager that EventBridge
// keeps for each. Believed for a few minutes: an execution asks for one at every HTTP task.
import { StatesError } from '../../core/errors.ts';
import { isObject, type JsonObject, parseJson } from '../../core/expr/json.ts';
import {
  connectionError,
  connectionName,
  readConnection,
  withSecret,
} from '../../core/integrations/http-connection.ts';
import { type AwsServices, type Connection, type Connections, type Roles, ServiceError } from '../../core/ports.ts';

const BELIEVED_MS = 5 * 60_000;

export function awsConnections(services: AwsServices, now: () => number): Connections {
  const known = new Map<string, { connection: Connection; until: number }>();

  async function ask(service: string, action: string, parameters: JsonObject, roles: Roles, signal: AbortSignal) {
    const request = { service, action, parameters, spelling: 'v2', ...roles } as const;
    return (await services.call(request, signal)).output;
  }

  async function read(arn: string, roles: Roles, signal: AbortSignal): Promise<Connection> {
    const described = await ask('eventbridge', 'describeConnection', { Name: connectionName(arn) }, roles, signal);
    checkState(arn, described);
    const { SecretArn = null } = described;
    const { SecretString } = await ask('secretsmanager', 'getSecretValue', { SecretId: SecretArn }, roles, signal);
    const secret = parseJson(String(SecretString));
    return readConnection(withSecret(described, isObject(secret) ? secret : {}));
  }

  return {
    async find(arn, roles, signal) {
      const key = JSON.stringify([arn, roles.roleArn, roles.machineRoleArn]);
      const kept = known.get(key);
      if (kept !== undefined && now() < kept.until) return kept.connection;
      try {
        const connection = await read(arn, roles, signal);
        known.set(key, { connection, until: now() + BELIEVED_MS });
        return connection;
      } catch (error) {
        throw asConnectionError(error, arn);
      }
    },
  };
}

function checkState(
  arn: string,
  { ConnectionState: state, InvocationConnectivityParameters: isPrivate }: JsonObject,
): void {
  if (isObject(isPrivate))
    throw connectionError(
      'InvalidPrivateConnectionState',
      `${arn} connects to a private API, which Stepwell does not do.`,
    );
  if (state === 'CREATING' || state === 'UPDATING' || state === 'AUTHORIZING')
    throw connectionError('AuthInProgress', `${arn} is ${state}.`);
  if (state !== 'AUTHORIZED' && state !== 'ACTIVE')
    throw connectionError('InvalidConnectionState', `${arn} is ${String(state)}.`);
}

function asConnectionError(error: unknown, arn: string): unknown {
  if (error instanceof StatesError) return error;
  if (error instanceof SyntaxError) return connectionError('InternalError', `${arn} cannot be used: ${error.message}.`);
  if (!(error instanceof ServiceError)) return error;
  if (error.code.startsWith('ResourceNotFound')) return connectionError('ResourceNotFound', error.message);
  if (error.code.startsWith('AccessDenied')) return connectionError('AccessDenied', error.message);
  return connectionError('InternalError', error.message);
}
