// Members that several actions share, with the limits of the service's model. `REQUIRED` is spread into a shape.

export const REQUIRED = { required: true } as const;

export const ARN = { kind: 'string', min: 1, max: 256 } as const;
export const LONG_ARN = { kind: 'string', min: 1, max: 2_000 } as const;
export const NAME = { kind: 'string', min: 1, max: 80 } as const;
export const DEFINITION = { kind: 'string', min: 1, max: 1_048_576, sensitive: true } as const;
export const DESCRIPTION = { kind: 'string', max: 256, sensitive: true } as const;
export const ERROR = { kind: 'string', max: 256, sensitive: true } as const;
export const CAUSE = { kind: 'string', max: 32_768, sensitive: true } as const;
export const TRACE_HEADER = { kind: 'string', max: 256, pattern: '\\p{ASCII}*' } as const;
export const BOOLEAN = { kind: 'boolean' } as const;
/** Inputs and outputs of executions: their limit is a setting, see `execution-input.ts`. */
export const PAYLOAD = { kind: 'string', sensitive: true } as const;

/** 0 means the default of 100. */
export const MAX_RESULTS = { kind: 'integer', min: 0, max: 1_000 } as const;
export const NEXT_TOKEN = { kind: 'string', min: 1, max: 1_024 } as const;
export const LIST_EXECUTIONS_TOKEN = { kind: 'string', min: 1, max: 3_096 } as const;

export const MACHINE_TYPE = { kind: 'string', values: ['STANDARD', 'EXPRESS'] } as const;
export const INCLUDED_DATA = { kind: 'string', values: ['ALL_DATA', 'METADATA_ONLY'] } as const;

export const TAG_KEY = { kind: 'string', min: 1, max: 128 } as const;
export const TAGS = {
  kind: 'list',
  of: {
    kind: 'structure',
    name: 'Tag',
    members: { key: { ...TAG_KEY, ...REQUIRED }, value: { kind: 'string', max: 256 } },
  },
} as const;

export const LOGGING_CONFIGURATION = {
  kind: 'structure',
  name: 'LoggingConfiguration',
  members: {
    level: { kind: 'string', values: ['ALL', 'ERROR', 'FATAL', 'OFF'] },
    includeExecutionData: BOOLEAN,
    destinations: {
      kind: 'list',
      of: {
        kind: 'structure',
        name: 'LogDestination',
        members: {
          cloudWatchLogsLogGroup: {
            kind: 'structure',
            name: 'CloudWatchLogsLogGroup',
            members: { logGroupArn: ARN },
          },
        },
      },
    },
  },
} as const;

export const TRACING_CONFIGURATION = {
  kind: 'structure',
  name: 'TracingConfiguration',
  members: { enabled: BOOLEAN },
} as const;

export const ENCRYPTION_CONFIGURATION = {
  kind: 'structure',
  name: 'EncryptionConfiguration',
  members: {
    kmsKeyId: { kind: 'string', min: 1, max: 2_048 },
    kmsDataKeyReusePeriodSeconds: { kind: 'integer', min: 60, max: 900 },
    type: { kind: 'string', values: ['AWS_OWNED_KEY', 'CUSTOMER_MANAGED_KMS_KEY'], required: true },
  },
} as const;

/** Not digits only: those are versions. */
export const ALIAS_NAME = {
  kind: 'string',
  min: 1,
  max: 80,
  pattern: '^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$',
} as const;

export const ROUTING_CONFIGURATION = {
  kind: 'list',
  min: 1,
  max: 2,
  of: {
    kind: 'structure',
    name: 'RoutingConfigurationListItem',
    members: {
      stateMachineVersionArn: { ...ARN, ...REQUIRED },
      weight: { kind: 'integer', min: 0, max: 100, required: true },
    },
  },
} as const;

export const TASK_TOKEN = { kind: 'string', min: 1, max: 2048 } as const;
