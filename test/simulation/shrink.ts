// The smallest story in which a seed still fails: without faults and clients that it does not need, with faults for as
// few steps as will do, and with states that do nothing wherever that is enough. What fails then may be something else
// than before; smaller it is.

import { chanceOf } from './chance.ts';
import { cutDown, statesOf } from './cut.ts';
import { type Cuts, simulate, type Verdict } from './simulation.ts';
import { randomWorkflow } from './workflow.ts';

const CLIENTS = ['run2', 'update', 'read', 'redrive', 'stop', 'start'];
/** Simulations that a search may take. */
const TRIES_MAX = 80;

export async function shrink(verdict: Verdict): Promise<Verdict> {
  let smallest = verdict;
  let tries = 0;

  async function attempt(change: Partial<Cuts>): Promise<boolean> {
    if (tries++ >= TRIES_MAX) return false;
    const smaller = await simulate(verdict.seed, { ...smallest.cuts, ...change }).catch(() => undefined);
    if (smaller === undefined || smaller.violations.length === 0) return false;
    smallest = smaller;
    return true;
  }

  const workflow = randomWorkflow(chanceOf(verdict.seed), verdict.cuts.focus);
  for (let isSmaller = true; isSmaller && tries < TRIES_MAX; ) {
    isSmaller = false;
    for (const name of [...CLIENTS, ...verdict.struck.keys()]) {
      const { cuts, struck } = smallest;
      if (cuts.without.has(name) || !(CLIENTS.includes(name) || struck.has(name))) continue;
      if (await attempt({ without: new Set([...cuts.without, name]) })) isSmaller = true;
    }
    for (const name of statesOf(workflow)) {
      const { passes } = smallest.cuts;
      if (!statesOf(cutDown(workflow, passes)).includes(name)) continue;
      if (await attempt({ passes: new Set([...passes, name]) })) isSmaller = true;
    }
  }
  await fewestSteps(smallest, attempt);
  return smallest;
}

/** Fewer steps with faults mean fewer faults, mostly; so halving finds few enough. */
async function fewestSteps({ steps }: Verdict, attempt: (change: Partial<Cuts>) => Promise<boolean>): Promise<void> {
  let [enough, tooFew] = [steps, 0];
  while (enough - tooFew > 1) {
    const middle = Math.floor((enough + tooFew) / 2);
    if (await attempt({ steps: middle })) enough = middle;
    else tooFew = middle;
  }
}
