// Where this is: account, region, and, where triggers take more than being stored, the functions that their sources are
// to be connected to.
import { action } from '../action.ts';

export const DescribeDeployment = action({}, async (_input, { settings }) => {
  const { account, region, partition, startFunctions, hearsSources = false } = settings;
  return { account, region, partition, ...(startFunctions ? { startFunctions } : { hearsSources }) };
});
