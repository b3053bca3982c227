// Task hand-off on the embedded default: from the answer of one function to the beginning of the next one's call. The
// result is recorded on disk in between.
import { payloadOf, tasks } from './definitions.ts';
import { openEngine } from './embedded-engine.ts';
import { type Figure, quantile } from './figure.ts';

const TASKS = 20;
const EXECUTIONS = 25;

export async function handOff(): Promise<Figure[]> {
  const answer = JSON.stringify(payloadOf(300));
  const latencies: number[] = [];
  let calls = 0;
  let answeredAt = 0;
  let over = Promise.withResolvers<void>();
  const engine = await openEngine(async () => {
    if (calls > 0) latencies.push(performance.now() - answeredAt);
    // A function takes time, in which the engine comes to rest.
    await new Promise((wake) => setTimeout(wake, 2));
    if (++calls === TASKS) over.resolve();
    answeredAt = performance.now();
    return answer;
  });
  const stateMachineArn = await engine.createMachine(tasks(TASKS));
  for (let execution = 0; execution < EXECUTIONS; execution++) {
    calls = 0;
    over = Promise.withResolvers();
    await engine.call('StartExecution', { stateMachineArn, input: answer });
    await over.promise;
  }
  await engine.close();
  const beside = 'AWS p50 79-215 ms; an emulator 30 ms';
  return [
    { what: 'task hand-off p50', value: quantile(latencies, 0.5), unit: 'ms', target: { atMost: 3 }, beside },
    { what: 'task hand-off p99', value: quantile(latencies, 0.99), unit: 'ms' },
  ];
}
