// The records of a run as the doctor reads them: all that the run needs to go on, and those that only its history needs.
import type { Frame } from '../engine/state.ts';
import type { Creation } from '../execution.ts';
import { type LogRecord, readFrom, readRecord, recordMissing } from '../store/log.ts';
import type { World } from '../world.ts';
import { defectOf, type Trouble } from './findings.ts';

/** Records read at the same time. */
const READ_AT_ONCE = 50;

/** Throws where the log does not hold them all. */
export async function liveFrames(world: World, run: string, newest: LogRecord): Promise<Frame[]> {
  const bySeq = [...Map.groupBy(Object.entries(newest.head.frames), ([, seq]) => seq)];
  const found: Frame[] = [];
  while (bySeq.length > 0) {
    const some = bySeq.splice(0, READ_AT_ONCE).map(async ([seq, entries]) => {
      const record = seq === newest.seq ? newest : await readRecord(world, run, seq);
      if (record === undefined) throw recordMissing(run, seq);
      const ids = new Set(entries.map(([id]) => id));
      return record.frames.filter(({ id }) => ids.has(id));
    });
    found.push(...(await Promise.all(some)).flat());
  }
  return found;
}

/** Damage where nothing but the history needs the record; the newest and those of live frames are read in any case. */
export async function examineLog(world: World, { executionArn, run }: Creation, newest: number): Promise<Trouble[]> {
  for (let seq = 0; seq < newest; seq += READ_AT_ONCE) {
    try {
      await readFrom(world, run, seq, READ_AT_ONCE);
    } catch (thrown) {
      return [
        {
          kind: 'unreadable',
          subject: executionArn,
          problem:
            'A record of its log cannot be read, so GetExecutionHistory ends there. The execution itself needs it only where a Map or Parallel collects its results.',
          cause: defectOf(thrown),
          advice: 'Restore that from a backup; nothing else has to be done.',
        },
      ];
    }
  }
  return [];
}
