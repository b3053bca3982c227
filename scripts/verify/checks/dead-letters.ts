// Messages that every worker dies of end up in the dead-letter queue; moved back when the defect is gone, as an operator
// would, they lose nothing and do nothing twice.
import { type Check, expectSame } from '../check.ts';
import { countOf, startMany, task } from '../executions.ts';
import { type Place, until } from '../place.ts';
import { whileHarmed } from '../sabotage.ts';

const EXECUTIONS = 5;

/** Dead letters stay where they are: nobody shelves them meanwhile. */
async function whileNobodyShelves({ aws, named }: Place, queueArn: string, work: () => Promise<void>): Promise<void> {
  const target = ['--function-name', named('deadLetter'), '--event-source-arn', queueArn];
  const { EventSourceMappings } = await aws('lambda', 'list-event-source-mappings', ...target);
  const { UUID } = EventSourceMappings[0];
  const stateIs = async (state: string) =>
    (await aws('lambda', 'get-event-source-mapping', '--uuid', UUID)).State === state;
  await aws('lambda', 'update-event-source-mapping', '--uuid', UUID, '--no-enabled');
  await until('the dead-letter function looks away', 300, () => stateIs('Disabled'));
  try {
    await work();
  } finally {
    await aws('lambda', 'update-event-source-mapping', '--uuid', UUID, '--enabled');
  }
}

async function queueOf({ aws, named }: Place, name: string) {
  const { QueueUrl: url } = await aws('sqs', 'get-queue-url', '--queue-name', named(name));
  const attributes = async () =>
    (await aws('sqs', 'get-queue-attributes', '--queue-url', url, '--attribute-names', 'All')).Attributes;
  return { url, arn: (await attributes()).QueueArn as string, attributes };
}

export const deadLetters: Check = {
  title: 'Dead letters, redriven',
  onLocalStack: true,
  async run(place) {
    const { aws } = place;
    const queue = await queueOf(place, 'advance');
    const dead = await queueOf(place, 'advance-dead-letter');
    const { RedrivePolicy } = await queue.attributes();
    const setPolicy = (policy: string) =>
      aws(
        'sqs',
        'set-queue-attributes',
        '--queue-url',
        queue.url,
        '--attributes',
        JSON.stringify({ RedrivePolicy: policy }),
      );
    const definition = { StartAt: 'Call', States: { Call: task(place, { End: true }) } };
    let batch: Awaited<ReturnType<typeof startMany>> | undefined;
    const lettersAre = async (count: number) => Number((await dead.attributes()).ApproximateNumberOfMessages) === count;
    await whileNobodyShelves(place, dead.arn, async () => {
      await setPolicy(JSON.stringify({ ...JSON.parse(RedrivePolicy), maxReceiveCount: 1 }));
      try {
        await whileHarmed(place, { name: 'advance', harm: 'exit', seconds: 0 }, async () => {
          batch = await startMany(
            place,
            definition,
            Array.from({ length: EXECUTIONS }, (_, i) => ({ i })),
          );
          await until('all messages are dead letters', 600, () => lettersAre(EXECUTIONS));
        });
      } finally {
        await setPolicy(RedrivePolicy);
      }
      await aws('sqs', 'start-message-move-task', '--source-arn', dead.arn);
      await until('no dead letters are left', 300, () => lettersAre(0));
    });
    const { arns, ended, counts, events, remove } = batch!;
    await ended(600);
    expectSame('outcomes', await counts(), { SUCCEEDED: EXECUTIONS });
    for (const arn of arns) expectSame('calls', countOf(await events(arn), 'LambdaFunctionScheduled'), 1);
    await remove();
    return { 'dead letters moved back': EXECUTIONS };
  },
};
