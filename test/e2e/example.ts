// An example of ours on a laptop, with its functions and its file of mocked answers: one state machine, started by test case.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll } from 'vitest';
import { parse } from 'yaml';
import { createMachine, type Ended, type Laptop, openLaptop, runToEnd } from './local-server.ts';

export interface Example {
  readonly laptop: Laptop;
  readonly machineArn: string;
  /** The file `inputs/<input>.json`. */
  read(input: string): unknown;
  /** Runs a test case to its end; `input` is the name of a file, or what such a file would hold; `name` the execution's. */
  run(testCase: string, input: string | object, name?: string): Promise<Ended>;
}

/** For the tests of the file or the `describe` that it is called in. `definition` may be JSON or YAML. */
export function example(name: string, { definition = `${name}.json`, mocks = 'mocks.json' } = {}): Example {
  const folder = `examples/${name}`;
  const [machine] = definition.split('.', 1);
  let laptop: Laptop;
  let machineArn: string;
  beforeAll(async () => {
    laptop = await openLaptop({
      functionDirectories: [`${folder}/functions`],
      mockConfig: `${folder}/${mocks}`,
    });
    const text = readFileSync(`${folder}/${definition}`, 'utf8');
    machineArn = await createMachine(laptop.client, machine!, definition.endsWith('.json') ? text : parse(text));
  });
  afterAll(() => laptop?.close());
  const read = (input: string) => JSON.parse(readFileSync(`${folder}/inputs/${input}.json`, 'utf8'));
  return {
    get laptop() {
      return laptop;
    },
    get machineArn() {
      return machineArn;
    },
    read,
    run: (testCase, input, name) =>
      runToEnd(laptop.client, `${machineArn}#${testCase}`, typeof input === 'string' ? read(input) : input, name),
  };
}

export const outputOf = ({ output }: Ended) => JSON.parse(output!);

/** How many events of a type there are. */
export const count = ({ types }: Ended, type: string) => types.filter((each) => each === type).length;
