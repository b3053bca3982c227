// A .pdf in a bucket, told by the bucket itself, has its images and its text reviewed side by side (P8).

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { s3 } from './clients.ts';
import { deployExample, endedExecutions, type Listener, listenTo, removeExample } from './projects.ts';

let resources: Record<string, string>;
let topic: Listener;

beforeAll(async () => {
  resources = await deployExample('document-review');
  topic = await listenTo(resources.Topic!);
});

afterAll(async () => {
  await topic.close();
  await removeExample('document-review', resources);
});

const drop = (Key: string, file: string) =>
  s3.putObject({ Bucket: resources.Bucket!, Key, Body: readFileSync(`examples/document-review/inputs/${file}`) });

test('what is offensive in a document is announced; other files start nothing', async () => {
  await drop('in/notes.txt', 'not-a-document.pdf');
  await drop('in/harmless.pdf', 'harmless.pdf');
  await drop('in/a letter.pdf', 'offensive.pdf');
  await drop('in/renamed.pdf', 'not-a-document.pdf');

  await expect.poll(() => endedExecutions('document-review')).toHaveLength(3);
  const executions = await endedExecutions('document-review');
  const of = (key: string) => executions.find(({ input }) => JSON.parse(input!).detail.object.key === key)!;
  expect(JSON.parse(of('in/harmless.pdf').output!)).toEqual({
    images: [{ offensive: false, what: 'image 1 is harmless' }],
    text: { offensive: false, what: 'the text is harmless' },
  });
  expect(JSON.parse(of('in/a letter.pdf').output!)).toEqual({
    images: [
      { offensive: false, what: 'image 1 is harmless' },
      { offensive: true, what: 'image 2 is too dark' },
    ],
    text: { offensive: true, what: 'the text says idiot' },
  });
  expect(of('in/renamed.pdf')).toMatchObject({ status: 'FAILED', error: 'NotADocument' });

  await expect.poll(topic.listen).toHaveLength(2);
  expect(
    topic.heard
      .map(({ subject, message }) => ({ subject, message }))
      .toSorted((a, b) => (a.subject < b.subject ? -1 : 1)),
  ).toEqual([
    { subject: 'Offensive image', message: 'in/a letter.pdf: image 2 is too dark' },
    { subject: 'Offensive text', message: 'in/a letter.pdf: the text says idiot' },
  ]);
});
