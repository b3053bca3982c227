// What can go wrong between the engine and its table: answers that are lost, requests that are refused. Each fault
// strikes the writes to a run's log that `when` picks, counted from 1.
import type { Table } from '../../core/ports.ts';

type Pick = (write: number) => boolean;

const isRecord = ({ pk }: { pk: string }) => pk.startsWith('run#');

/** The write was done, its answer was lost, and the SDK sent it again: the second answer says that it is there already. */
export function answersLost(when: Pick): (table: Table) => Table {
  let writes = 0;
  return (table) => ({
    ...table,
    async put(item, condition) {
      const won = await table.put(item, condition);
      return won && isRecord(item) && when(++writes) ? false : won;
    },
  });
}

/** The write was done, and all that is known of it is that the connection broke. */
export function connectionsBroken(when: Pick): (table: Table) => Table {
  let writes = 0;
  return (table) => ({
    ...table,
    async put(item, condition) {
      const won = await table.put(item, condition);
      if (isRecord(item) && when(++writes)) throw new Error('The connection broke');
      return won;
    },
  });
}

/** The write was refused and not done. */
export function throttled(when: Pick): (table: Table) => Table {
  let writes = 0;
  return (table) => ({
    ...table,
    async put(item, condition) {
      if (isRecord(item) && when(++writes)) throw new Error('ThrottlingException: Rate exceeded');
      return await table.put(item, condition);
    },
  });
}
