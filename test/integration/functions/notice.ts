// A function whose calls can be counted from outside: each puts a message into a queue as it begins. At its first
// attempt it does as it is told.

import { setTimeout } from 'node:timers/promises';
import { SQS } from '@aws-sdk/client-sqs';

export interface Order {
  /** What it says of itself. */
  name: string;
  queueUrl: string;
  /** 0 at first. */
  attempt: number;
  firstly: 'sleep' | 'fail';
}

const sqs = new SQS();
const SLEEP_MS = 8_000;

export async function handler({ name, queueUrl, attempt, firstly }: Order): Promise<{ attempt: number }> {
  await sqs.sendMessage({ QueueUrl: queueUrl, MessageBody: name });
  if (attempt === 0 && firstly === 'fail') throw new Error('As I was told.');
  if (attempt === 0) await setTimeout(SLEEP_MS);
  return { attempt };
}
