// Uploads, told by EventBridge, go through validation into a table, and a topic hears of it (P5).

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dynamodb, s3 } from './clients.ts';
import { deployExample, endedExecutions, type Listener, listenTo, removeExample } from './projects.ts';

let resources: Record<string, string>;
let topic: Listener;

beforeAll(async () => {
  resources = await deployExample('data-pipeline');
  topic = await listenTo(resources.Topic!);
});

afterAll(async () => {
  await topic.close();
  await removeExample('data-pipeline', resources);
});

const upload = (Key: string, file: string) =>
  s3.putObject({ Bucket: resources.Bucket!, Key, Body: readFileSync(`examples/data-pipeline/inputs/${file}`) });

test('an uploaded file is loaded, summed up and announced; one that is broken is rejected; another kind starts nothing', async () => {
  await upload('readings/notes.txt', 'june.csv');
  await upload('elsewhere/june.csv', 'june.csv');
  await upload('readings/june.csv', 'june.csv');
  await upload('readings/broken.csv', 'broken.csv');

  await expect.poll(() => endedExecutions('data-pipeline')).toHaveLength(2);
  const executions = await endedExecutions('data-pipeline');
  const loaded = executions.find(({ status }) => status === 'SUCCEEDED')!;
  const summary = { file: 'readings/june.csv', loaded: 3, meters: 2, total: 263 };
  expect(JSON.parse(loaded.output!)).toEqual(summary);
  const { Items } = await dynamodb.scan({ TableName: resources.Table! });
  expect(Items!.map(({ meter, kilowattHours }) => [meter!.S, Number(kilowattHours!.N)]).toSorted()).toEqual([
    ['north', 0.5],
    ['north', 12.5],
    ['south', 250],
  ]);

  const rejected = executions.find(({ status }) => status === 'FAILED')!;
  const reason = 'Line 3 is no reading: north,yesterday,a lot,kWh';
  expect(rejected).toMatchObject({ error: 'InvalidFormat', cause: `readings/broken.csv: ${reason}` });
  await expect.poll(topic.listen).toHaveLength(2);
  const said = Object.fromEntries(topic.heard.map(({ subject, message }) => [subject, JSON.parse(message)]));
  expect(said).toEqual({
    'Readings loaded': summary,
    'Readings rejected': { file: 'readings/broken.csv', reason },
  });
});
