// AWS's own rates: one token bucket for each action, as the quotas of us-east-1 have them. Off by default, because a test
// run is no account of AWS; `--throttling aws` shows how a client of yours copes with them.
// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html

/** False when there is no token left for this action. */
export type Throttle = (action: string) => boolean;

/** Bucket size, and tokens that come back every second. */
const BUCKETS: Record<string, [size: number, perSecond: number]> = {
  StartExecution: [1_300, 300],
  RedriveExecution: [1_300, 300],
  StopExecution: [1_000, 200],
  DescribeExecution: [300, 15],
  GetExecutionHistory: [400, 20],
  ListExecutions: [200, 5],
  DescribeStateMachine: [200, 20],
  ListStateMachines: [100, 5],
  ListActivities: [100, 10],
  GetActivityTask: [3_000, 500],
  SendTaskSuccess: [3_000, 500],
  SendTaskFailure: [3_000, 500],
  SendTaskHeartbeat: [3_000, 500],
  TestState: [50, 10],
  TagResource: [200, 1],
  UntagResource: [200, 1],
  DescribeMapRun: [200, 1],
  DescribeActivity: [200, 1],
  DescribeStateMachineAlias: [200, 1],
  DescribeStateMachineForExecution: [200, 1],
};
/** All other writes and lists. */
const OTHERS: [size: number, perSecond: number] = [100, 1];
/** Scales by itself: no fixed quota. */
const UNLIMITED = new Set(['StartSyncExecution']);

export const unthrottled: Throttle = () => true;

export function awsRates(now: () => number): Throttle {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (action) => {
    if (UNLIMITED.has(action)) return true;
    const [size, perSecond] = BUCKETS[action] ?? OTHERS;
    const { tokens: left, at } = buckets.get(action) ?? { tokens: size, at: now() };
    const tokens = Math.min(size, left + ((now() - at) / 1_000) * perSecond);
    buckets.set(action, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now() });
    return tokens >= 1;
  };
}
