// The configurations of a state machine as they are stored: defaults filled in, and refused when AWS would refuse
// them. Whether a log group or key exists is not looked at.
import type { EncryptionConfiguration, LoggingConfiguration } from '../store/machines.ts';
import {
  invalidEncryptionConfiguration,
  invalidLoggingConfiguration,
  invalidRoleArn,
  validation,
} from './exceptions.ts';
import type { ENCRYPTION_CONFIGURATION, LOGGING_CONFIGURATION, TRACING_CONFIGURATION } from './members.ts';
import type { Input } from './shape.ts';

type LoggingInput = Input<typeof LOGGING_CONFIGURATION.members>;
type TracingInput = Input<typeof TRACING_CONFIGURATION.members>;
type EncryptionInput = Input<typeof ENCRYPTION_CONFIGURATION.members>;

const LOG_GROUP_ARN = /^arn:[^:]+:logs:[^:]+:[^:]+:log-group:[^:]+:\*$/;

/** Throws InvalidLoggingConfiguration. */
export function loggingConfiguration(input: LoggingInput = {}): LoggingConfiguration {
  const { level = 'OFF', includeExecutionData = false, destinations = [] } = input;
  const groups = destinations.flatMap(({ cloudWatchLogsLogGroup }) => cloudWatchLogsLogGroup?.logGroupArn ?? []);
  if (destinations.length === 0 && level === 'OFF') return { level, includeExecutionData };
  const [logGroupArn] = groups;
  if (groups.length !== 1 || destinations.length !== 1 || logGroupArn === undefined)
    throw invalidLoggingConfiguration('Must specify exactly one Log Destination.');
  if (!LOG_GROUP_ARN.test(logGroupArn)) throw invalidLoggingConfiguration('Log Destination not found.');
  return { level, includeExecutionData, destinations: [{ cloudWatchLogsLogGroup: { logGroupArn } }] };
}

export function tracingConfiguration(input: TracingInput = {}): { enabled: boolean } {
  return { enabled: input.enabled ?? false };
}

/** Throws InvalidEncryptionConfiguration. */
export function encryptionConfiguration(input: EncryptionInput = { type: 'AWS_OWNED_KEY' }): EncryptionConfiguration {
  const { type, kmsKeyId, kmsDataKeyReusePeriodSeconds } = input;
  if (type === 'AWS_OWNED_KEY') {
    if (kmsKeyId !== undefined || kmsDataKeyReusePeriodSeconds !== undefined)
      throw invalidEncryptionConfiguration('AWS_OWNED_KEY goes with neither kmsKeyId nor kmsDataKeyReusePeriodSeconds');
    return { type };
  }
  if (kmsKeyId === undefined) throw invalidEncryptionConfiguration('CUSTOMER_MANAGED_KMS_KEY needs a kmsKeyId');
  return { type, kmsKeyId, kmsDataKeyReusePeriodSeconds: kmsDataKeyReusePeriodSeconds ?? 300 };
}

/** Throws InvalidArn. */
export function checkRoleArn(roleArn: string): void {
  if (!/^arn:[^:]+:iam::[^:]*:role\/./.test(roleArn)) throw invalidRoleArn(roleArn);
}

/** Throws ValidationException for a description of a version that is not asked for. */
export function checkVersionDescription(publish: boolean, versionDescription: string | undefined): void {
  if (!publish && versionDescription !== undefined)
    throw validation('Version description can only be set when publish is true');
}
