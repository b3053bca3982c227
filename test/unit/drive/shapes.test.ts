// What earlier releases wrote still loads, and goes on to its end: records, messages and items of every shape.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createSweepHandler } from '../../../handlers/sweep.ts';
import { chainOf, loaded, type Sample } from '../../support/shapes/sample.ts';
import { LOADED_FUNCTIONS, scenarios } from '../../support/shapes/scenarios.ts';

const SHAPES = join(import.meta.dirname, '..', '..', 'support', 'shapes');
const versions = readdirSync(SHAPES).filter((name) => /^v\d/.test(name));

describe.each(versions)('written by %s', (version) => {
  const samples = readdirSync(join(SHAPES, version)).filter((name) => name.endsWith('.json'));

  test.each(samples.map((file) => file.replace('.json', '')))('%s goes on to its end', async (name) => {
    const sample: Sample = JSON.parse(readFileSync(join(SHAPES, version, `${name}.json`), 'utf8'));
    const scenario = scenarios([])[name]!;
    const world = await loaded(sample, LOADED_FUNCTIONS, scenario.settings);
    await scenario.after?.(world, sample);
    await createSweepHandler(world)();
    await world.settle();

    const { executionArn } = sample;
    const result = scenario.result ?? (() => world.api('DescribeExecution', { executionArn }));
    expect(await result(world, sample)).toMatchObject(scenario.ends);
    expect(world.troubles).toEqual([]);
    if (scenario.result === undefined) {
      const chain = chainOf(await world.api('GetExecutionHistory', { executionArn, maxResults: 1000 }));
      expect(chain.slice(0, sample.chain.length)).toEqual(sample.chain);
    }
  });
});
