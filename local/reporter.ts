// Trouble inside the server, told to whoever watches it: a defect with all that is known of it; a disk that refuses in one
// line, and not again with every write.
import { Unavailable } from '../core/errors.ts';
import type { Report } from '../handlers/on-aws.ts';
import { systemClock } from '../infra/system-clock.ts';

const SILENCE_MS = 60_000;

export function reporter(log: (line: string) => void, now: () => number = systemClock.now): Report {
  const told = new Map<string, number>();
  return (trouble, where) => {
    if (!(trouble instanceof Unavailable)) {
      log(`stepwell: ${where}: ${trouble instanceof Error ? trouble.stack : trouble}`);
      return;
    }
    const { message } = trouble;
    if (now() - (told.get(message) ?? Number.NEGATIVE_INFINITY) < SILENCE_MS) return;
    told.set(message, now());
    log(`stepwell: ${message} What is under way waits, and goes on when it can be written again.`);
  };
}
