// The functions of the account, through client-lambda. No retries and no request timeout: a call that may have begun is
// never made again by us (D4), and how long it may take is the worker's business.
import { GetFunctionConfigurationCommand, InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { type LambdaFunctions, type Roles, ServiceError } from '../../core/ports.ts';
import type { RoleCredentials, RoleOf } from './assumed-roles.ts';

/** How long a function's configured timeout is believed. */
const CONFIGURATION_MS = 300_000;

export interface LambdaOptions {
  /** A client with these credentials; undefined means our own. */
  open(credentials: RoleCredentials | undefined): LambdaClient;
  roleOf: RoleOf;
  now(): number;
}

export function awsLambda({ open, roleOf, now }: LambdaOptions): LambdaFunctions {
  const timeouts = new Map<string, { until: number; ms: Promise<number | undefined> }>();
  const own = open(undefined);
  /** One client per role, until the role has new credentials. */
  const clients = new Map<string, { accessKeyId: string; client: LambdaClient }>();

  async function clientFor(roles: Roles, signal: AbortSignal): Promise<LambdaClient> {
    const credentials = await roleOf(roles, signal);
    if (credentials === undefined) return own;
    const role = roles.roleArn ?? roles.machineRoleArn ?? '';
    const known = clients.get(role);
    if (known?.accessKeyId === credentials.accessKeyId) return known.client;
    const client = open(credentials);
    clients.set(role, { accessKeyId: credentials.accessKeyId, client });
    return client;
  }

  async function configuredTimeout(FunctionName: string, roles: Roles): Promise<number | undefined> {
    try {
      const client = await clientFor(roles, new AbortController().signal);
      const { Timeout } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
      return Timeout === undefined ? undefined : Timeout * 1000;
    } catch {
      // Not allowed to look, or no such function: the call itself will say so, on the patient queue.
      return undefined;
    }
  }

  /**
   * A role that the task names may be of another account, where the same name is another function. A machine's role is
   * of ours and seldom may look, so we look ourselves first.
   */
  async function firstTold(functionName: string, roles: Roles): Promise<number | undefined> {
    if (roles.roleArn !== undefined || roles.machineRoleArn === undefined)
      return await configuredTimeout(functionName, roles);
    return (await configuredTimeout(functionName, {})) ?? (await configuredTimeout(functionName, roles));
  }

  return {
    async timeoutMs(functionName, roles = {}) {
      const key = `${functionName} ${roles.roleArn ?? roles.machineRoleArn ?? ''}`;
      const known = timeouts.get(key);
      if (known !== undefined && known.until > now()) return await known.ms;
      const ms = firstTold(functionName, roles);
      timeouts.set(key, { until: now() + CONFIGURATION_MS, ms });
      return await ms;
    },
    async invoke({ functionName, qualifier, payload, invocationType, clientContext, logType, ...roles }, signal) {
      const client = await clientFor(roles, signal);
      const command = new InvokeCommand({
        FunctionName: functionName,
        Payload: Buffer.from(payload),
        ...(qualifier === undefined ? {} : { Qualifier: qualifier }),
        ...(invocationType === undefined ? {} : { InvocationType: invocationType as 'RequestResponse' }),
        ...(clientContext === undefined ? {} : { ClientContext: clientContext }),
        ...(logType === undefined ? {} : { LogType: logType as 'None' }),
      });
      const answer = await client.send(command, { abortSignal: signal }).catch((error) => {
        throw serviceError(error);
      });
      return {
        statusCode: answer.StatusCode ?? 200,
        payload: Buffer.from(answer.Payload ?? []).toString(),
        executedVersion: answer.ExecutedVersion ?? '$LATEST',
        requestId: answer.$metadata.requestId ?? '',
        ...(answer.FunctionError === undefined ? {} : { functionError: answer.FunctionError }),
        ...(answer.LogResult === undefined ? {} : { logResult: answer.LogResult }),
      };
    },
  };
}

interface SdkError extends Error {
  $metadata?: { httpStatusCode?: number; requestId?: string };
  $fault?: string;
}

/** What the service refused keeps its name; everything between here and there is SdkClientException, as in Java's SDK. */
function serviceError(error: SdkError): ServiceError {
  const { httpStatusCode = 0, requestId = '' } = error.$metadata ?? {};
  const code = error.$fault === undefined ? 'SdkClientException' : error.name;
  return new ServiceError(code, error.message, httpStatusCode, requestId);
}
