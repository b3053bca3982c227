// Definitions that nobody sane sends, of any size.

const many = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i)).join();
const machine = (states: string) => `{"StartAt":"A","States":{${states}}}`;
const pass = (fields: string) => machine(`"A":{"Type":"Pass","End":true,${fields}}`);
const branch = (index: number, fields: string) => `{"StartAt":"B${index}","States":{"B${index}":{${fields}}}}`;

const MILLION = 1_000_000;

/** Each with the size that would bring a careless checker down, and the text of a size. */
export const HOSTILE_TEXTS: [title: string, size: number, text: (size: number) => string][] = [
  ['open brackets', MILLION, (n) => '['.repeat(n)],
  ['brackets within a string', MILLION, (n) => pass(`"Comment":"${'['.repeat(n)}"`)],
  ['a quote that never ends', MILLION / 2, (n) => `{"${'\\"'.repeat(n)}`],
  ['a parameter in a parameter', 400, (n) => pass(`"Parameters":${'{"a":'.repeat(n)}1${'}'.repeat(n)}`)],
  [
    'many branches',
    10_000,
    (n) => machine(`"A":{"Type":"Parallel","End":true,"Branches":[${many(n, (i) => branch(i, '"Type":"Succeed"'))}]}`),
  ],
  [
    'as many variables as branches',
    9_000,
    (n) => {
      const branches = many(n, (i) => branch(i, '"Type":"Pass","End":true,"Assign":{"b":1}'));
      const variables = many(n, (i) => `"a${i}":1`);
      const parallel = `{"Type":"Parallel","Next":"Z","Assign":{${variables}},"Branches":[${branches}]}`;
      return machine(`"A":${parallel},"Z":{"Type":"Succeed"}`);
    },
  ],
  [
    'many states',
    20_000,
    (n) => machine(many(n, (i) => `"${i === 0 ? 'A' : `S${i}`}":{"Type":"Pass","Next":"S${i + 1}"}`)),
  ],
  [
    'a mistake in each of many fields, under a long name',
    50_000,
    (n) => machine(`"${'a'.repeat(10 * n)}":{${many(n, (i) => `"f${i}":1`)}}`),
  ],
  [
    'placeholders that never close',
    MILLION / 2,
    (n) => machine(`"A":{"Type":"Task","End":true,"Resource":"${'${'.repeat(n)}"}`),
  ],
  ['colons of an ARN', MILLION, (n) => machine(`"A":{"Type":"Task","End":true,"Resource":"arn${':'.repeat(n)}"}`)],
  ['dollar signs', MILLION, (n) => pass(`"Parameters":{"a.$":"${'$'.repeat(n)}"}`)],
  ['a long path', MILLION / 2, (n) => pass(`"InputPath":"$${'.a'.repeat(n)}"`)],
  ['a path of brackets', MILLION, (n) => pass(`"InputPath":"$${'['.repeat(n)}"`)],
  ['filters within filters', 50_000, (n) => pass(`"InputPath":"$${'[?(@.a == $'.repeat(n)}"`)],
  ['functions within functions', 50_000, (n) => pass(`"Parameters":{"a.$":"${'States.Array('.repeat(n)}"}`)],
  ['quotes that never close', MILLION / 4, (n) => pass(`"Parameters":{"a.$":"States.Format('${"\\\\'".repeat(n)}"}`)],
  ['an endless sum', 100_000, (n) => pass(`"QueryLanguage":"JSONata","Output":"{% ${'1+'.repeat(n)}1 %}"`)],
  ['endless parentheses', 200_000, (n) => pass(`"QueryLanguage":"JSONata","Output":"{% ${'('.repeat(n)} %}"`)],
  [
    'many expressions',
    4_000,
    (n) => pass(`"QueryLanguage":"JSONata","Output":[${many(n, (i) => `"{% $states.input.a${i} %}"`)}]`),
  ],
  ['a long number', MILLION, (n) => pass(`"Result":${'9'.repeat(n)}`)],
];
