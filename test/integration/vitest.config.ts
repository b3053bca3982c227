// The integration run: one deployment for all files, so they run one after another, and what takes the deployment away
// comes last.

import { basename } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const LAST = ['upgrade.test.ts', 'removal.test.ts', 'guide.test.ts'];

class OneAfterAnother extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => LAST.indexOf(basename(moduleId));
    return files.toSorted((a, b) => place(a) - place(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}

export default defineConfig({
  test: {
    include: ['test/integration/**/*.test.ts'],
    globalSetup: ['test/integration/deployment.ts'],
    fileParallelism: false,
    sequence: { sequencer: OneAfterAnother },
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 120_000, interval: 200 } },
  },
});
