// The workflows that benches run, and payloads of a given size.
export const functionArn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;

const PASS = { Type: 'Pass' };

/** A -> B -> ..., the last one with End. */
function line(states: readonly object[]): object {
  const named = states.map((state, index) => {
    const isLast = index + 1 === states.length;
    const next = 'Choices' in state ? { Default: `S${index + 1}` } : { Next: `S${index + 1}` };
    return [`S${index}`, { ...state, ...(isLast ? { End: true } : next) }];
  });
  return { StartAt: 'S0', States: Object.fromEntries(named) };
}

export const onePass = line([PASS]);

/** Pass and Choice in turn; the Choice looks at the input and goes on by Default. The last state is a Pass. */
export function passAndChoice(length: number): object {
  const choice = { Type: 'Choice', Choices: [{ Variable: '$.amount', NumericGreaterThan: 1_000, Next: 'S0' }] };
  return line(Array.from({ length }, (_, index) => (index % 2 === 1 && index + 1 < length ? choice : PASS)));
}

export function jsonataPasses(length: number): object {
  const pass = { Type: 'Pass', Output: { amount: '{% $states.input.amount + 1 %}' } };
  return { QueryLanguage: 'JSONata', ...line(Array.from({ length }, () => pass)) };
}

export function tasks(length: number): object {
  return line(Array.from({ length }, () => ({ Type: 'Task', Resource: functionArn('work') })));
}

/** An inline Map over the array that is the input; each item goes through two Pass states. */
export const mapOfTwoPass = {
  StartAt: 'All',
  States: { All: { Type: 'Map', ItemProcessor: line([PASS, PASS]), End: true } },
};

export function waitSeconds(seconds: number): object {
  return { StartAt: 'Pause', States: { Pause: { Type: 'Wait', Seconds: seconds, End: true } } };
}

/** An object whose JSON text has about this many bytes, and is no easier to compress than business data. */
export function payloadOf(bytes: number): Record<string, string> {
  const payload: Record<string, string> = {};
  for (let line = 0; JSON.stringify(payload).length < bytes - 30; line++)
    payload[`field${line}`] = (Math.imul(line + 1, 2_654_435_761) >>> 0).toString(36).repeat(2);
  return payload;
}
