// The Payloads port in memory. The threshold is that of the AWS adapter, so tests take the same paths.

import type { Payloads } from '../../core/ports.ts';

export function memoryPayloads(options: { thresholdBytes?: number } = {}): Payloads {
  const bodies = new Map<string, Uint8Array>();
  return {
    thresholdBytes: options.thresholdBytes ?? 8192,
    async put(key, body) {
      bodies.set(key, new Uint8Array(body));
    },
    async get(key) {
      const body = bodies.get(key);
      return body && new Uint8Array(body);
    },
  };
}
