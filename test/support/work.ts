// How much work something is, counted instead of timed: how often the blocks of the product's code ran. The same on every
// machine, however busy it is. Work inside of JavaScript's own functions is not seen. Whoever imports this runs slowly.
import { type Profiler, Session } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';

/** Blocks of files whose path has this in it. */
const OURS = '/core/';

// Optimised code does not count, and code that is thrown away takes its counts with it.
for (const flag of ['--no-opt', '--no-maglev', '--no-sparkplug', '--no-flush-bytecode']) setFlagsFromString(flag);
const session = new Session();
session.connect();
ask('Profiler.enable');
ask('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

/** The blocks that run while `act` does. */
export function blocksOf(act: () => unknown): number {
  taken();
  act();
  return taken();
}

/** Since it was taken last. */
function taken(): number {
  const { result } = ask('Profiler.takePreciseCoverage') as Profiler.TakePreciseCoverageReturnType;
  const ours = result.filter(({ url }) => url.includes(OURS)).flatMap(({ functions }) => functions);
  return ours.flatMap(({ ranges }) => ranges).reduce((sum, { count }) => sum + count, 0);
}

/** Commands of the profiler are answered before they return. */
function ask(method: string, parameters?: object): unknown {
  let answer: unknown;
  session.post(method, parameters, (error, result) => {
    if (error !== null) throw error;
    answer = result;
  });
  return answer;
}
