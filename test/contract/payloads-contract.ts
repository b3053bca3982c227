// What every Payloads store promises.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Payloads } from '../../core/ports.ts';

export interface PayloadsHarness {
  payloads: Payloads;
  close?(): unknown;
}

export function payloadsContract(name: string, make: () => PayloadsHarness | Promise<PayloadsHarness>): void {
  describe(`payloads: ${name}`, () => {
    let harness: PayloadsHarness;
    beforeAll(async () => {
      harness = await make();
    });
    afterAll(() => harness?.close?.());

    test.each([0, 1, 300 * 1024, 6 * 1024 * 1024])('a body of %d bytes comes back as it was put', async (size) => {
      const key = `${randomUUID()}/${size}`;
      const body = Uint8Array.from({ length: size }, (_, index) => index % 251);
      await harness.payloads.put(key, body);
      const stored = await harness.payloads.get(key);
      expect(stored?.length).toBe(size);
      expect(Buffer.compare(stored!, body)).toBe(0);
    });

    test('putting a body again under its key is harmless', async () => {
      const key = `${randomUUID()}/again`;
      await harness.payloads.put(key, Uint8Array.of(1, 2));
      await harness.payloads.put(key, Uint8Array.of(1, 2));
      expect(new Uint8Array((await harness.payloads.get(key))!)).toEqual(Uint8Array.of(1, 2));
    });

    test('what was never put is undefined', async () => {
      expect(await harness.payloads.get(`${randomUUID()}/nothing`)).toBeUndefined();
    });

    test('it says above how many bytes a body belongs here', () => {
      expect(harness.payloads.thresholdBytes).toBeGreaterThan(0);
    });
  });
}
