// Definitions that tests are made of: chains of tasks, fans, waits. Data, so that a test says only what matters to it.
export const functionArn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;

/** A Task that calls this function and ends, unless `more` says otherwise. */
export const task = (name: string, more: object = {}) => ({
  Type: 'Task',
  Resource: functionArn(name),
  ...('Next' in more ? {} : { End: true }),
  ...more,
});

export const single = (state: object, more: object = {}) => ({ StartAt: 'Only', States: { Only: state }, ...more });

/** T1 -> T2 -> ... -> Tn, each a call of the same function. */
export function chain(length: number, name: string, more: object = {}): object {
  const states = Array.from({ length }, (_, i) => [
    `T${i + 1}`,
    task(name, { ...more, ...(i + 1 < length ? { Next: `T${i + 2}` } : {}) }),
  ]);
  return { StartAt: 'T1', States: Object.fromEntries(states) };
}

/** Over the array that is the input, each item a call. */
export const mapOf = (name: string, more: object = {}, taskMore: object = {}) =>
  single({
    Type: 'Map',
    ItemProcessor: { StartAt: 'Each', States: { Each: task(name, taskMore) } },
    End: true,
    ...more,
  });

export const waitFor = (seconds: number) => single({ Type: 'Wait', Seconds: seconds, End: true });

/** What an ordinary Retry block says of a lost worker, as the Step Functions documentation recommends. */
export const RETRY_LOST = [
  { ErrorEquals: ['Lambda.SdkClientException'], IntervalSeconds: 1, MaxAttempts: 2, BackoffRate: 2 },
];

export const count = (chain: string[], type: string) => chain.filter((each) => each.endsWith(` ${type}`)).length;
