// What earlier releases wrote still loads, and goes on to its end: records, messages and items of every shape. And every shape
// that is written today has a sample: test/support/shapes/README.md says how to take one.
import { describe, expect, test } from 'vitest';
import type { Message } from '../../../core/driver/message.ts';
import type { Command } from '../../../core/engine/activation.ts';
import type { Wait } from '../../../core/engine/state.ts';
import { createSweepHandler } from '../../../handlers/sweep.ts';
import { pathsIn } from '../../support/shapes/paths.ts';
import { chainOf, loaded, sampleOf, samplesOf, VERSIONS } from '../../support/shapes/sample.ts';
import { LOADED_FUNCTIONS, scenarios } from '../../support/shapes/scenarios.ts';

describe.each(VERSIONS)('written by %s', (version) => {
  test.each([...samplesOf(version)])('%s goes on to its end', async (name, sample) => {
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

describe('written today', () => {
  const known = pathsIn(VERSIONS.flatMap((version) => [...samplesOf(version).values()]));

  test.each(Object.keys(scenarios([])))('%s has nothing that no sample has: take one', async (name) => {
    const tokens: string[] = [];
    const today = pathsIn([await sampleOf(scenarios(tokens)[name]!, tokens)]);
    expect([...today].filter((path) => !known.has(path))).toEqual([]);
  });

  // A new kind does not compile until it stands here, and fails until it has a sample.
  const messages: Record<Message['kind'], 1> = {
    ...{ start: 1, express: 1, call: 1, timer: 1, continue: 1, stop: 1, redrive: 1, adopt: 1, taken: 1, callback: 1 },
    ...{ poll: 1, cancel: 1 },
  };
  const commands: Record<Command['kind'], 1> = {
    ...{
      CallTarget: 1,
      StartTimer: 1,
      Continue: 1,
      OfferTask: 1,
      StopChild: 1,
      CheckParent: 1,
      PollJob: 1,
      CancelJob: 1,
    },
    ...{ AnnounceEnd: 1, AnnounceRedrive: 1 },
  };
  const waits: Record<Wait['kind'], 1> = { ready: 1, timer: 1, retry: 1, group: 1, task: 1 };

  test('every kind of message, command and wait has a sample', () => {
    const kinds = [
      ...Object.keys(messages).map((kind) => `message ${kind}.kind: ${kind}`),
      ...Object.keys(commands).map((kind) => `run.commands[](${kind}).kind: ${kind}`),
      ...Object.keys(waits).map((kind) => `run.frames[].wait(${kind}).kind: ${kind}`),
    ];
    expect(kinds.filter((path) => !known.has(path))).toEqual([]);
  });
});
