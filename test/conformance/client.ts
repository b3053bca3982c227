// How a case talks to Step Functions: one function that sends an action. Over HTTP it is AWS JSON 1.0; a test may hand
// in a function of its own instead.
import type { Json, JsonObject } from '../../core/expr/json.ts';
import { isObject, parseJson, printJson } from '../../core/expr/json.ts';

export interface Answer {
  status: number;
  body: Json;
}

export type Send = (action: string, body: JsonObject, signal: AbortSignal) => Promise<Answer>;

/** The service refused the action. */
export class ActionError extends Error {
  readonly action: string;
  readonly status: number;
  readonly code: string;
  readonly body: JsonObject;

  constructor(action: string, { status, body }: { status: number; body: JsonObject }) {
    const code = String(body.__type ?? body.code ?? '')
      .split('#')
      .at(-1)!
      .split(':')[0]!;
    const text = body.message ?? body.Message;
    super(typeof text === 'string' ? text : '');
    this.name = 'ActionError';
    this.action = action;
    this.status = status;
    this.code = code;
    this.body = body;
  }
}

export function overHttp(endpoint: string): Send {
  return async (action, body, signal) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AWSStepFunctions.${action}` },
      body: printJson(body),
      signal,
    });
    const text = await response.text();
    return { status: response.status, body: text.trim() === '' ? {} : parseJson(text) };
  };
}

/** The answer's members. Throws ActionError when the service refused. */
export async function call(send: Send, action: string, body: JsonObject, timeoutMs: number): Promise<JsonObject> {
  const { status, body: answer } = await send(action, body, AbortSignal.timeout(timeoutMs));
  if (!isObject(answer)) throw new Error(`${action}: HTTP ${status}, the answer is no JSON object`);
  if (status >= 300) throw new ActionError(action, { status, body: answer });
  return answer;
}
