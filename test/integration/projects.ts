// Folders of state machines with triggers, deployed by `stepwell deploy`, and what their topics say.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { configurationOf, environmentOf } from './account.ts';
import { place, s3, sfn, sns, sqs } from './clients.ts';
import { deployStack, removeStack, resourcesOf } from './stacks.ts';

const cloudformation = new CloudFormation(configurationOf(place));

/** Makes an example's resources and deploys its machines with them as parameters; gives the resources by name. */
export async function deployExample(name: string): Promise<Record<string, string>> {
  const outputs = await deployStack(cloudformation, resourcesOf(name));
  await deployFolder(`examples/${name}`, outputs);
  return outputs;
}

export async function removeExample(name: string, { Bucket }: Record<string, string>): Promise<void> {
  await removeProject(name);
  if (Bucket !== undefined) {
    const { Contents = [] } = await s3.listObjectsV2({ Bucket });
    for (const { Key } of Contents) await s3.deleteObject({ Bucket, Key: Key! });
  }
  await removeStack(cloudformation, resourcesOf(name).name);
}

/** As a user does, in a program of its own. Gives what it printed. */
export async function deployFolder(folder: string, parameters: Record<string, string> = {}): Promise<string> {
  const given = Object.entries(parameters).map(([name, value]) => `--param=${name}=${value}`);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['cli/main.ts', 'deploy', folder, '--stage', place.stage, '--yes', '--prune', ...given],
    { env: environmentOf(place) },
  );
  return stdout;
}

/** A folder of just these files, as long as `work` goes on. */
export async function withFolder<T>(files: Record<string, object>, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'project-'));
  try {
    // JSON is YAML, too.
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(content));
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a project without machines leaves of it: nothing. */
export async function removeProject(project: string): Promise<void> {
  await withFolder({ 'stepwell.yaml': { project, machines: {} } }, (folder) => deployFolder(folder));
}

export const machineArn = (name: string) => `arn:aws:states:${place.region}:${place.account}:stateMachine:${name}`;

/** The executions of a machine that have ended, with input, output and error. */
export async function endedExecutions(machine: string) {
  const { executions } = await sfn.listExecutions({ stateMachineArn: machineArn(machine) });
  const ended = executions!.filter(({ status }) => status !== 'RUNNING');
  return await Promise.all(ended.map(({ executionArn }) => sfn.describeExecution({ executionArn })));
}

export interface Listener {
  /** Messages so far, in no particular order. */
  heard: { id: string; subject: string; message: string }[];
  /** Takes what is new. */
  listen(): Promise<Listener['heard']>;
  close(): Promise<void>;
}

/** A queue that hears what a topic says. */
export async function listenTo(TopicArn: string): Promise<Listener> {
  const { QueueUrl } = await sqs.createQueue({ QueueName: `stepwell-listener-${crypto.randomUUID()}` });
  const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['QueueArn'] });
  const Endpoint = Attributes!.QueueArn!;
  const Statement = [
    { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: Endpoint },
  ];
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await sqs.setQueueAttributes({ QueueUrl, Attributes: { Policy } });
  const { SubscriptionArn } = await sns.subscribe({ TopicArn, Protocol: 'sqs', Endpoint, ReturnSubscriptionArn: true });
  const heard: Listener['heard'] = [];
  return {
    heard,
    async listen() {
      const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 });
      for (const { Body, ReceiptHandle } of Messages) {
        const { MessageId, Subject, Message } = JSON.parse(Body!);
        heard.push({ id: MessageId, subject: Subject, message: Message });
        await sqs.deleteMessage({ QueueUrl, ReceiptHandle: ReceiptHandle! });
      }
      return heard;
    },
    async close() {
      await sns.unsubscribe({ SubscriptionArn: SubscriptionArn! });
      await sqs.deleteQueue({ QueueUrl: QueueUrl! });
    },
  };
}
