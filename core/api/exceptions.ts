// AWS's modelled exceptions with AWS's texts, one function for each thing that can be wrong with a request.
// Only texts live here; whoever finds the trouble decides which exception it is.
import { ApiError } from '../errors.ts';

export const validation = (message: string, reason?: ValidationReason) =>
  new ApiError('ValidationException', message, 400, reason === undefined ? {} : { reason });
type ValidationReason =
  | 'API_DOES_NOT_SUPPORT_LABELED_ARNS'
  | 'MISSING_REQUIRED_PARAMETER'
  | 'INVALID_ROUTING_CONFIGURATION';
export const invalidRouting = (message: string) => validation(message, 'INVALID_ROUTING_CONFIGURATION');
/** A label names the child workflow of a Distributed Map, which lives and dies with its machine. */
export const labeledArn = (arn: string) =>
  validation(
    `This operation does not support labeled state machine ARNs: '${arn}'`,
    'API_DOES_NOT_SUPPORT_LABELED_ARNS',
  );
export const invalidArn = (reason: string) => new ApiError('InvalidArn', `Invalid Arn: '${reason}'`);
export const invalidRoleArn = (roleArn: string) => new ApiError('InvalidArn', `Invalid Role Arn: '${roleArn}'`);
export const invalidName = (name: string) => new ApiError('InvalidName', `Invalid Name: '${name}'`);
export const invalidToken = () => new ApiError('InvalidToken', "Invalid Token: 'Invalid token'");
export const invalidOutput = (reason: string) => new ApiError('InvalidOutput', `Invalid Output: '${reason}'`);
export const taskDoesNotExist = () =>
  new ApiError('TaskDoesNotExist', "Task Does Not Exist: 'Provided task does not exist anymore'");
export const taskTimedOut = () =>
  new ApiError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
export const invalidDefinition = (message: string) => new ApiError('InvalidDefinition', message);
export const invalidExecutionInput = (reason: string) =>
  new ApiError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${reason}'`);
export const invalidLoggingConfiguration = (reason: string) =>
  new ApiError('InvalidLoggingConfiguration', `Invalid Logging Configuration: ${reason}`);
export const invalidEncryptionConfiguration = (reason: string) =>
  new ApiError('InvalidEncryptionConfiguration', `Invalid Encryption Configuration: ${reason}`);

export const stateMachineDoesNotExist = (arn: string) =>
  new ApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
export const stateMachineAlreadyExists = (arn: string) =>
  new ApiError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
export const stateMachineDeleting = (arn: string) =>
  new ApiError('StateMachineDeleting', `State Machine is being deleted: '${arn}'`);
export const stateMachineTypeNotSupported = () =>
  new ApiError('StateMachineTypeNotSupported', 'This operation is not supported by this type of state machine');
export const executionDoesNotExist = (arn: string) =>
  new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
export const executionNotRedrivable = (reason: string) => new ApiError('ExecutionNotRedrivable', reason);
export const executionAlreadyExists = (arn: string) =>
  new ApiError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
export const activityDoesNotExist = (arn: string) =>
  new ApiError('ActivityDoesNotExist', `Activity Does Not Exist: '${arn}'`);
export const activityAlreadyExists = (arn: string) =>
  new ApiError('ActivityAlreadyExists', `Activity Already Exists: '${arn}'`);

export const resourceNotFound = (message: string, resourceName: string) =>
  new ApiError('ResourceNotFound', message, 400, { resourceName });
/** What alias actions answer about an alias, version or machine that is not there. */
export const referencedResourceNotFound = (arn: string) =>
  resourceNotFound('Request references a resource that does not exist.', arn);
export const tooManyTags = (arn: string) =>
  new ApiError('TooManyTags', `Too many tags: a resource can have at most ${MAX_TAGS}`, 400, { resourceName: arn });
export const conflict = (message: string) => new ApiError('ConflictException', message, 409);
export const quotaExceeded = (message: string) => new ApiError('ServiceQuotaExceededException', message, 402);
export const missingRequiredParameter = (message: string) => new ApiError('MissingRequiredParameter', message);

export const MAX_TAGS = 50;
