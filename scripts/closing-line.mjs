// A Vitest reporter with one line to say, the very last of the run: `N passed, N failed`, and `, N skipped` if any.
// A test file that does not load, or an error outside every test, counts as one failure.

export default class ClosingLine {
  onTestRunEnd(modules, unhandledErrors) {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      for (const test of tests) count[test.result().state] += 1;
      const failedOutside = module.state() === 'failed' && !tests.some((test) => test.result().state === 'failed');
      if (failedOutside) count.failed += 1;
    }
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
    // Other reporters write when the run ends, too; at exit nobody comes after.
    process.on('exit', () => console.log(`${count.passed} passed, ${count.failed} failed${skipped}`));
  }
}
