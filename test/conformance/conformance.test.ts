// Every case, ours and the recorded ones where they are, in both shapes of the engine: fused (one message carries an
// execution many transitions) and classical (every transition its own message). All cases of a shape run at once; each
// test only waits for its own verdict.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownCases, recordedCases } from './case.ts';
import { overHttp } from './client.ts';
import { gapOf } from './gaps.ts';
import type { LocalServer } from './local-server.ts';
import { placeOf, startLocalServer } from './local-server.ts';
import { explain, totals } from './report.ts';
import type { Verdict } from './run.ts';
import { runCases } from './run.ts';

const RECORDED = join(import.meta.dirname, '../../../shared/conformance/aws');
const SHAPES = { fused: [], classical: ['--transitions-per-message', '1'] };
const AT_ONCE = 32;
// A case may take this long; a test also waits for its turn.
const CASE_SECONDS = 30;
const TEST_MS = 120_000;

const cases = [...ownCases(join(import.meta.dirname, 'cases')), ...recordedCases(RECORDED)].filter(
  ({ trust }) => trust === 'aws',
);

for (const [shape, flags] of Object.entries(SHAPES))
  describe(shape, () => {
    let server: LocalServer | undefined;
    let verdicts: Map<string, Promise<Verdict>> | undefined;

    beforeAll(async () => {
      const nonce = randomBytes(4).toString('hex');
      server = await startLocalServer(cases, nonce, flags);
      const send = overHttp(server.endpoint);
      verdicts = runCases(cases, { send, place: await placeOf(send, nonce), timeoutSeconds: CASE_SECONDS }, AT_ONCE);
    });

    afterAll(async () => {
      if (verdicts !== undefined) console.log(`conformance, ${shape}: ${totals(await Promise.all(verdicts.values()))}`);
      server?.stop();
    });

    for (const { id } of cases)
      test(id, { timeout: TEST_MS }, async ({ skip }) => {
        const verdict = await verdicts!.get(id)!;
        if (verdict.verdict === 'skipped') skip(verdict.reason);
        const gap = gapOf(id);
        if (gap !== undefined) expect(verdict.verdict, 'It passes: remove it from gaps.json').toBe('failed');
        else if (verdict.verdict === 'failed') expect.fail(explain(verdict));
      });
  });
