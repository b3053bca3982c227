// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of users' files are written so.
// `stepwell deploy` against the local server: the plan, what is done, and what a person reads when something is wrong.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteStateMachineCommand,
  DescribeStateMachineCommand,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listTriggers } from '../../core/triggers/store.ts';
import { createMachine, type Laptop, openLaptop } from './local-server.ts';
import { stepwell } from './stepwell.ts';

const ARN = 'arn:aws:states:us-east-1:123456789012:stateMachine:';
const PASS = '{"StartAt":"Keep","States":{"Keep":{"Type":"Pass","End":true}}}';

let laptop: Laptop;
let folder: string;

beforeEach(async () => {
  laptop = await openLaptop();
  folder = mkdtempSync(join(tmpdir(), 'stepwell-deploy-'));
});

afterEach(async () => {
  await laptop.close();
  rmSync(folder, { recursive: true });
});

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

async function deploy(...flags: string[]): Promise<{ code: number; out: string; err: string }> {
  return await deployAnswering(undefined, ...flags);
}

async function deployAnswering(answer: string | undefined, ...flags: string[]) {
  const args = ['deploy', folder, '--endpoint-url', laptop.server.url, ...flags];
  const { code, out, err } = await stepwell(args, answer === undefined ? {} : { answer });
  return { code, out: out.join('\n'), err: err.join('\n').replaceAll(folder, '.') };
}

async function machines(): Promise<string[]> {
  const { stateMachines } = await laptop.client.send(new ListStateMachinesCommand({}));
  return stateMachines!.map(({ name }) => name!);
}

const describeMachine = (name: string) =>
  laptop.client.send(new DescribeStateMachineCommand({ stateMachineArn: ARN + name }));

const PROJECT = `
project: shop
parameters: { Greeting: hello "you" }
tags: { team: sales }
machines:
  orders:
    triggers:
      - sqs: { queue: orders, executionPer: batch }
      - schedule: rate(5 minutes)
  audit:
    definition: audit.json
    type: EXPRESS
    role: arn:aws:iam::123456789012:role/\${AWS::Region}
    logging: { level: ALL, includeExecutionData: true, logGroup: arn:aws:logs:us-east-1:123456789012:log-group:audit }
`;
const ORDERS = 'StartAt: Greet\nStates:\n  Greet: { Type: Pass, Result: "${Greeting}, ${!Kept}", End: true }\n';
const FILES = { 'stepwell.yaml': PROJECT, 'orders.asl.yaml': ORDERS, 'audit.json': PASS };

describe('a project', () => {
  test('is planned, deployed, and then there is nothing to do', async () => {
    write(FILES);
    const planned = await deploy('--dry-run');
    expect(planned.code).toBe(0);
    expect(planned.out).toContain('+ create orders  STANDARD of orders.asl.yaml');
    expect(planned.out).toContain('+ trigger sqs-orders: queue arn:aws:sqs:us-east-1:123456789012:orders');
    expect(planned.out).toMatch(/^shop: 2 to create, 0 to update, 0 to delete, 0 unchanged; 2 triggers to change\.$/m);
    expect(await machines()).toEqual([]);

    expect((await deploy('--yes')).code).toBe(0);
    expect(JSON.parse((await describeMachine('orders')).definition!).States.Greet.Result).toBe('hello "you", ${Kept}');
    expect(await describeMachine('audit')).toMatchObject({
      type: 'EXPRESS',
      roleArn: 'arn:aws:iam::123456789012:role/us-east-1',
      loggingConfiguration: { level: 'ALL', includeExecutionData: true },
    });
    const { tags } = await laptop.client.send(new ListTagsForResourceCommand({ resourceArn: `${ARN}orders` }));
    expect(tags).toEqual(
      expect.arrayContaining([
        { key: 'team', value: 'sales' },
        { key: 'stepwell:project', value: 'shop' },
      ]),
    );
    expect((await listTriggers(laptop.server.world)).map(({ name }) => name)).toEqual(['rate-5-minutes', 'sqs-orders']);

    expect(await deploy()).toEqual({
      code: 0,
      out: 'shop: 0 to create, 0 to update, 0 to delete, 2 unchanged.\nNothing to do.',
      err: '',
    });
  });

  test('that changed is shown line by line and updated', async () => {
    write(FILES);
    await deploy('--yes');
    write({
      'stepwell.yaml': PROJECT.replace('rate(5 minutes)', 'rate(6 minutes)').replace('sales', 'support'),
      'orders.asl.yaml': ORDERS.replace('Kept', 'Changed'),
    });
    const { code, out } = await deploy('--yes', '--publish');
    expect(code).toBe(0);
    expect(out).toContain('-       "Result": "hello \\"you\\", ${Kept}"');
    expect(out).toContain('+       "Result": "hello \\"you\\", ${Changed}"');
    expect(out).toContain('    tag team=support\n    - trigger rate-5-minutes: rate(5 minutes)\n');
    expect(out).toContain(`✓ updated ${ARN}orders:1`);
    expect((await deploy()).out).toContain('Nothing to do.');
  });

  test('is left alone by whoever says no, and where nobody can be asked', async () => {
    write(FILES);
    expect(await deployAnswering('n')).toMatchObject({ code: 2, err: 'Nothing was changed.' });
    expect(await deploy()).toMatchObject({
      code: 2,
      err: 'stepwell: Nobody is there to be asked: --yes deploys, --dry-run only plans.',
    });
    expect(await machines()).toEqual([]);
    expect((await deployAnswering('y')).code).toBe(0);
  });

  test('gets parameters from the command line before those of the file', async () => {
    write(FILES);
    await deploy('--yes', '--param', 'Greeting=good=morning');
    expect((await describeMachine('orders')).definition).toContain('good=morning, ');
  });

  test('may be a folder of definitions alone', async () => {
    write({ 'one.asl.json': PASS, 'two.asl.yaml': ORDERS.replace('${Greeting}', 'hi') });
    expect((await deploy('--yes')).code).toBe(0);
    expect(await machines()).toEqual(['one', 'two']);
  });

  test('of many machines is deployed as a whole', async () => {
    write(Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`m${i}.asl.json`, PASS])));
    expect((await deploy('--yes')).out.match(/✓ created/g)).toHaveLength(60);
    expect((await deploy()).out).toContain('60 unchanged.\nNothing to do.');
  });
});

describe('pruning', () => {
  test('deletes what the project deployed earlier, with its triggers, and nothing else', async () => {
    await createMachine(laptop.client, 'by-hand', PASS);
    write(FILES);
    await deploy('--yes');
    write({ 'stepwell.yaml': 'project: shop\nmachines: { audit: { definition: audit.json, type: EXPRESS } }' });
    const kept = await deploy('--yes');
    expect(kept.out).toContain('orders was deployed from here and is in the folder no more; --prune deletes it.');
    expect(await machines()).toEqual(['audit', 'by-hand', 'orders']);
    const pruned = await deploy('--yes', '--prune');
    expect(pruned.out).toContain(`- delete orders\n    - trigger rate-5-minutes: rate(5 minutes)`);
    expect(await machines()).toEqual(['audit', 'by-hand']);
    expect(await listTriggers(laptop.server.world)).toEqual([]);
  });

  test('removes the triggers of a machine that somebody else deleted', async () => {
    write(FILES);
    await deploy('--yes');
    await laptop.client.send(new DeleteStateMachineCommand({ stateMachineArn: `${ARN}orders` }));
    write({ 'stepwell.yaml': 'project: shop\nmachines: { audit: { definition: audit.json, type: EXPRESS } }' });
    expect((await deploy('--yes', '--prune')).out).toContain('✓ removed trigger orders/sqs-orders');
    expect(await listTriggers(laptop.server.world)).toEqual([]);
    expect((await deploy('--prune')).out).toContain('Nothing to do.');
  });

  test('leaves machines of other projects', async () => {
    write({ 'stepwell.yaml': 'project: one\nmachines: { audit: { definition: audit.json } }', 'audit.json': PASS });
    await deploy('--yes');
    write({ 'stepwell.yaml': 'project: two\nmachines: {}' });
    await deploy('--yes', '--prune');
    expect(await machines()).toEqual(['audit']);
  });
});

test('a machine that the project did not deploy is taken over only when asked', async () => {
  await createMachine(laptop.client, 'orders', PASS);
  write({ 'stepwell.yaml': 'project: shop\nmachines: { orders: }', 'orders.asl.json': PASS });
  expect(await deploy('--yes')).toMatchObject({
    code: 2,
    err: 'stepwell: orders is there already and was not made by stepwell deploy. --adopt takes it over.',
  });
  expect((await deploy('--yes', '--adopt')).code).toBe(0);
  expect((await deploy()).out).toContain('Nothing to do.');
});

test('two machines that read one queue in different ways are refused', async () => {
  const orders = 'orders: { definition: p.json, triggers: [{ sqs: { queue: q, batchSize: 5 } }] }';
  const audit = 'audit: { definition: p.json, triggers: [{ sqs: q }] }';
  write({ 'stepwell.yaml': `project: shop\nmachines: { ${orders}, ${audit} }`, 'p.json': PASS });
  const { code, err } = await deploy('--yes');
  expect(code).toBe(2);
  expect(err).toContain('orders/sqs-q and audit/sqs-q read arn:aws:sqs:us-east-1:123456789012:q with different');
});

test('what fails is named with what was not tried after it; the others are done, and the next time does the rest', async () => {
  write({
    'stepwell.yaml': `project: shop
machines:
  bad: { definition: p.json, role: nonsense, triggers: [{ schedule: rate(5 minutes) }] }
  good: { definition: p.json }
`,
    'p.json': PASS,
  });
  const { code, out, err } = await deploy('--yes');
  expect(code).toBe(1);
  expect(out).toContain(`✓ created ${ARN}good`);
  expect(err).toContain("✗ could not create bad: InvalidArn: Invalid Role Arn: 'nonsense'");
  expect(err).toContain('✗ did not connect trigger bad/rate-5-minutes');
  expect(err).toContain('1 done, 1 failed, 1 not tried. What is done stays; deploy again for the rest.');
  expect((await deploy('--dry-run')).out).toContain('1 to create, 0 to update, 0 to delete, 1 unchanged');
});

describe('a mistake in the files is shown with its place, and nothing is deployed:', () => {
  test.each<[string, Record<string, string>, string]>([
    [
      'an unknown field',
      { 'stepwell.yaml': 'project: shop\nmachines:\n  orders:\n    trigers: []\n' },
      'stepwell.yaml:4:5: error a machine has no trigers, but definition, type, role, tags, logging, tracing,',
    ],
    [
      'a trigger without what it listens to',
      { 'stepwell.yaml': 'machines:\n  orders:\n    definition: p.json\n    triggers:\n      - s3: { prefix: a }\n' },
      'stepwell.yaml:5:9: error s3 needs bucket',
    ],
    [
      'a pattern that is none',
      {
        'stepwell.yaml':
          'machines:\n  orders:\n    definition: p.json\n    triggers:\n      - event:\n          pattern: { source: x }\n',
      },
      'stepwell.yaml:6:22: error Values stand in a list',
    ],
    [
      'a definition that is not there',
      { 'stepwell.yaml': 'machines:\n  orders:\n' },
      'stepwell.yaml:2:3: error There is no file orders.asl.json or .asl.yaml',
    ],
    [
      'a placeholder without a value',
      { 'a.asl.json': '{\n "StartAt": "${First}",\n "States": { "A": { "Type": "Succeed" } }\n}' },
      'a.asl.json:2:14: error There is no value for ${First}',
    ],
    [
      'a wrong definition',
      { 'a.asl.json': '{\n "StartAt": "B",\n "States": { "A": { "Type": "Succeed" } }\n}' },
      'a.asl.json:2:2: error Missing',
    ],
    [
      'a placeholder without a value in what all machines have',
      { 'stepwell.yaml': 'role: arn:${Who}\nmachines: {}\n' },
      'stepwell.yaml:1:1: error There is no value for ${Who}',
    ],
    ['YAML that is none', { 'stepwell.yaml': 'machines: [' }, 'stepwell.yaml:1:'],
    [
      'two triggers of one name',
      { 'stepwell.yaml': 'machines:\n  o:\n    definition: p.json\n    triggers:\n      - sqs: q\n      - sqs: q\n' },
      'stepwell.yaml:6:9: error Two triggers of this machine are called sqs-q: give one a name of its own',
    ],
  ])('%s', async (_title, files, expected) => {
    write({ 'p.json': PASS, ...files });
    const { code, out } = await deploy('--yes');
    expect(out.replaceAll(`${folder}/`, '')).toContain(expected);
    expect(code).toBe(2);
    expect(await machines()).toEqual([]);
  });
});
