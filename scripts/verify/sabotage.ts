// How workers are killed: their function gets code that runs before theirs (NODE_OPTIONS) and, some seconds after a worker's
// start, hangs it, fills its memory or ends it. New workers have it too, until the function is as it was.
import type { Place } from './place.ts';

const HARM = {
  /** The event loop stands still; Lambda ends the invocation at the function's timeout. */
  hang: 'for(;;);',
  /** The heap grows until Node, or Lambda, gives up. */
  memory: 'const a=[];for(;;)a.push(new Array(1e5).fill(Math.random()));',
  /** The process ends. */
  exit: 'process.exit(1);',
};

export type Harm = keyof typeof HARM;

/** Does `work` while every worker of this function is harmed after `seconds`; then waits until none is any more. */
export async function whileHarmed(
  { aws, named }: Place,
  { name, harm, seconds }: { name: 'advance' | 'call'; harm: Harm; seconds: number },
  work: () => Promise<void>,
): Promise<void> {
  const target = ['--function-name', named(name)];
  const { Environment } = await aws('lambda', 'get-function-configuration', ...target);
  const configure = async (Variables: Record<string, string>) => {
    await aws('lambda', 'update-function-configuration', ...target, '--environment', JSON.stringify({ Variables }));
    await aws('lambda', 'wait', 'function-updated-v2', ...target);
  };
  // NODE_OPTIONS are split at blanks, so the code has none.
  const code = encodeURIComponent(`setTimeout(()=>{${HARM[harm]}},${seconds * 1000})`);
  await configure({ ...Environment.Variables, NODE_OPTIONS: `--import=data:text/javascript,${code}` });
  try {
    await work();
  } finally {
    await configure(Environment.Variables);
  }
}
