// biome-ignore-all lint/suspicious/noTemplateCurlyInString: deployment tools write placeholders so.
// `stepwell lint` as a person and as a program meet it: places in the text, frames, formats, exit codes.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UsageError } from '../../../cli/arguments.ts';
import { lint } from '../../../cli/lint.ts';
import { unpainted } from '../../../cli/render.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepwell-lint-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function run(name: string, content: string, ...flags: string[]) {
  const file = join(folder, name);
  await writeFile(file, content);
  const lines: string[] = [];
  const code = await lint([file, ...flags], { out: (line) => lines.push(line), err: () => {}, paint: unpainted });
  return { code, out: lines.join('\n').replaceAll(file, name) };
}

const YAML = `StartAt: Check/Order
States:
  Check/Order:
    Type: Choice
    Choices:
      - Or:
          - Variable: $.a
            IsNull: true
          - Variable: b
            IsNull: true
        Next: Done
    Retry: []
  Done: { Type: Succeed }
`;

test('a finding shows its place, its line and a hint', async () => {
  const { code, out } = await run('order.asl.yaml', YAML);
  expect(code).toBe(1);
  expect(
    out,
  ).toBe(`order.asl.yaml:9:13: error Value is not a Reference Path: Reference path didn't start with '$' (SCHEMA_VALIDATION_FAILED)
   8 |             IsNull: true
>  9 |           - Variable: b
     |             ^^^^^^^^

order.asl.yaml:12:5: error Field 'Retry' is not supported (SCHEMA_VALIDATION_FAILED)
  11 |         Next: Done
> 12 |     Retry: []
     |     ^^^^^
  hint: Field names are case-sensitive, and each state type has its own.
`);
});

const TASK = `{
  "StartAt": "A",
  "States": {
    "A": {"Type": "Task", "Resource": "\${Arn}", "End": true}
  }
}`;

test('warnings alone do not fail', async () => {
  const { code, out } = await run('task.json', TASK, '--format', 'json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject([
    {
      file: 'task.json',
      line: 4,
      column: 5,
      length: 3,
      severity: 'warning',
      code: 'task-timeout',
      location: '/States/A',
    },
  ]);
});

test('SARIF names rule, level and region', async () => {
  const { out } = await run('task.json', TASK, '--format=sarif');
  const sarif = JSON.parse(out);
  expect(sarif).toMatchObject({ version: '2.1.0', runs: [{ tool: { driver: { rules: [{ id: 'task-timeout' }] } } }] });
  expect(sarif.runs[0].results[0]).toMatchObject({
    ruleId: 'task-timeout',
    level: 'warning',
    locations: [{ physicalLocation: { region: { startLine: 4, startColumn: 5, endColumn: 8 } } }],
  });
});

test('Express machines are judged as such', async () => {
  const text = TASK.replace('${Arn}', 'arn:aws:states:us-east-1:123456789012:activity:a');
  expect((await run('express.json', text, '--type', 'express')).code).toBe(1);
  expect((await run('express.json', text)).code).toBe(0);
});

test.each([
  ['malformed JSON', 'a.json', '{\n  "StartAt": "A"\n  "States": {}\n}', 'a.json:3:3: error Unexpected character'],
  ['malformed YAML', 'a.yaml', 'StartAt: A\nStates: {', 'a.yaml:2:10: error'],
  ['a bomb of aliases', 'b.yaml', bomb(9), 'b.yaml:1:1: error'],
  ['JSON nested too deeply', 'c.json', '['.repeat(100_000), 'c.json:1:1: error The definition is too deeply nested'],
  ['YAML nested too deeply', 'd.yaml', `a: ${'['.repeat(100_000)}`, 'd.yaml:'],
  ['an empty file', 'e.yaml', '', 'e.yaml:1:1: error Definition must be a valid JSON object'],
])('%s is one error with a place', async (_title, name, content, start) => {
  const { code, out } = await run(name, content);
  expect(code).toBe(1);
  expect(out.slice(0, start.length)).toBe(start);
});

/** Each level holds the one before nine times. */
function bomb(levels: number): string {
  const level = (index: number) =>
    `a${index}: &a${index} [${Array(9)
      .fill(index ? `*a${index - 1}` : 'x')
      .join()}]`;
  return Array.from({ length: levels }, (_, index) => level(index)).join('\n');
}

test.each([
  ['no file', []],
  ['a file that is not there', ['/nowhere/at/all.json']],
  ['an unknown format', ['a.json', '--format', 'xml']],
  ['an unknown flag', ['a.json', '--fix']],
])('%s is wrong usage', async (_title, args) => {
  await expect(lint(args, { out: () => {}, err: () => {}, paint: unpainted })).rejects.toThrow(UsageError);
});
