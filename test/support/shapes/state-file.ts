// The state file of a local server as text: what `take.ts` keeps of a release, and what a later one opens.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** All of a state directory as SQL that makes it again. */
export function dumpState(directory: string): string {
  const database = new DatabaseSync(join(directory, 'state.db'));
  const schema = database.prepare(
    "SELECT name, type, sql FROM sqlite_master WHERE sql NOT NULL AND name NOT LIKE 'sqlite_%'",
  );
  const made = schema.all() as { name: string; type: string; sql: string }[];
  const lines = made.map(({ sql }) => `${sql};`);
  for (const { name } of made.filter(({ type }) => type === 'table'))
    for (const row of database.prepare(`SELECT * FROM ${name}`).all()) {
      const values = Object.values(row).map(literal).join(', ');
      lines.push(`INSERT INTO ${name} (${Object.keys(row).join(', ')}) VALUES (${values});`);
    }
  database.close();
  return `${lines.join('\n')}\n`;
}

function literal(value: unknown): string {
  if (value === null || typeof value === 'number') return String(value).toUpperCase();
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`;
  return `'${String(value).replaceAll("'", "''")}'`;
}

/** As if it had been written just now: nothing in it expires before the test has looked at it. */
export function restoreState(directory: string, sql: string): void {
  const database = new DatabaseSync(join(directory, 'state.db'));
  database.exec(sql);
  database.exec('UPDATE items SET expires = 99999999999 WHERE expires NOT NULL');
  database.close();
}
