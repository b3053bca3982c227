// Functions and definitions of tasks that wait for an answer from outside: the token goes to a function of the test,
// which keeps it for whoever answers.
import { type MemoryWorld, memoryWorld, type Twist } from './memory-world.ts';

export interface CallbackWorld {
  world: MemoryWorld;
  /** The tokens that functions were handed, in order. */
  tokens: string[];
}

/** `keep` keeps the token it is handed; `work` gives its payload back. */
export function callbackWorld(settings: Partial<MemoryWorld['settings']> = {}, twist: Twist = {}): CallbackWorld {
  const tokens: string[] = [];
  const keep = ({ token }: { token: string }) => void tokens.push(token);
  return { world: memoryWorld({ keep, work: (payload: never) => payload }, settings, twist), tokens };
}

/** A machine of one task that hands its token to this function and waits. */
export function callback(functionName: string, rest: object = {}, more: object = {}): object {
  return { StartAt: 'Ask', States: { Ask: callbackState(functionName, { End: true, ...rest }), ...more } };
}

export function callbackState(functionName: string, rest: object): object {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Parameters: { FunctionName: functionName, Payload: { 'token.$': '$$.Task.Token' } },
    ...rest,
  };
}

/** The code of the error that an action answers with, or undefined when it succeeds. */
export async function codeOf(answer: Promise<unknown>): Promise<string | undefined> {
  return await answer.then(
    () => undefined,
    (error: Error) => error.name,
  );
}
