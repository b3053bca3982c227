// What a caller of TestState asks for, in AWS's names; texts are as they came.

export interface TestStateRequest {
  definition: string;
  stateName?: string;
  roleArn?: string;
  input?: string;
  inspectionLevel?: 'INFO' | 'DEBUG' | 'TRACE';
  revealSecrets?: boolean;
  variables?: string;
  context?: string;
  mock?: MockInput;
  stateConfiguration?: StateConfiguration;
}

export interface MockInput {
  result?: string;
  errorOutput?: { error?: string; cause?: string };
  fieldValidationMode?: 'STRICT' | 'PRESENT' | 'NONE';
}

export interface StateConfiguration {
  retrierRetryCount?: number;
  errorCausedByState?: string;
  mapIterationFailureCount?: number;
  mapItemReaderData?: string;
}
