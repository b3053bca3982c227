// Write units as DynamoDB counts them, against the meter that every number of cost is made with.
import { useOf } from '../../../bench/metered-engine.ts';
import { type Check, NotSo } from '../check.ts';
import { startMany, task } from '../executions.ts';
import { type Place, sleep, until } from '../place.ts';

const EXECUTIONS = 100;
const LENGTH = 10;
const TOLERANCE = 0.1;
const MINUTE_MS = 60_000;

async function consumed({ aws }: Place, table: string, from: number, to: number, index?: string): Promise<number> {
  const dimensions = [
    `Name=TableName,Value=${table}`,
    ...(index ? [`Name=GlobalSecondaryIndexName,Value=${index}`] : []),
  ];
  const period = [
    '--start-time',
    new Date(from).toISOString(),
    '--end-time',
    new Date(to).toISOString(),
    '--period',
    '60',
  ];
  const metric = ['--namespace', 'AWS/DynamoDB', '--metric-name', 'ConsumedWriteCapacityUnits', '--statistics', 'Sum'];
  const { Datapoints } = await aws(
    'cloudwatch',
    'get-metric-statistics',
    ...metric,
    ...period,
    '--dimensions',
    ...dimensions,
  );
  return Datapoints.reduce((sum: number, { Sum }: { Sum: number }) => sum + Sum, 0);
}

export const units: Check = {
  title: 'Write units, consumed and metered',
  onLocalStack: false,
  async run(place) {
    const chain = (state: object) => {
      const States = Array.from({ length: LENGTH }, (_, i) => [
        `S${i}`,
        { ...state, ...(i + 1 < LENGTH ? { Next: `S${i + 1}` } : { End: true }) },
      ]);
      return { StartAt: 'S0', States: Object.fromEntries(States) };
    };
    const input = { text: 'x'.repeat(100) };
    const work = { Type: 'Task', Resource: 'arn:aws:lambda:us-east-1:123456789012:function:work' };
    const { table: metered } = await useOf(chain(work), input, { transitionsPerMessage: 25 });

    const table = await place.resource('Table');
    // Whole minutes, with nothing else in them.
    await sleep((MINUTE_MS - (Date.now() % MINUTE_MS)) / 1000);
    const from = Date.now() - (Date.now() % MINUTE_MS);
    const batch = await startMany(
      place,
      chain(task(place, {})),
      Array.from({ length: EXECUTIONS }, () => input),
    );
    await batch.ended(600);
    const to = Date.now() - (Date.now() % MINUTE_MS) + MINUTE_MS;
    await until('CloudWatch knows', 900, async () => Date.now() > to + 3 * MINUTE_MS);
    const seen = (await consumed(place, table, from, to)) / EXECUTIONS;
    const seenIndex = (await consumed(place, table, from, to, 'list')) / EXECUTIONS;
    await batch.remove();
    const facts = {
      'units of an execution, metered': metered.writeUnits,
      'units of an execution, consumed': seen,
      'of the index, metered': metered.indexWriteUnits,
      'of the index, consumed': seenIndex,
    };
    if (Math.abs(seen / metered.writeUnits - 1) > TOLERANCE) throw new NotSo(JSON.stringify(facts));
    return facts;
  },
};
