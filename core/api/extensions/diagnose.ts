// Lists everything that is neither running, nor waiting for something known, nor finished; a page at a time. A page may
// be empty while there are more.

import { troublesPage } from '../../doctor/diagnosis.ts';
import type { Finding } from '../../doctor/findings.ts';
import type { Place } from '../../doctor/survey.ts';
import type { World } from '../../world.ts';
import { action } from '../action.ts';
import { BOOLEAN, NEXT_TOKEN } from '../members.ts';
import { openToken, sealToken } from '../page.ts';
import type { Input, Members } from '../shape.ts';

export const members = {
  /** Seconds that something may be late before it is overdue; 60 if absent. */
  overdueSeconds: { kind: 'integer', min: 0, max: 31_536_000 },
  /** Also looks at executions that the list shows as ended. */
  thorough: BOOLEAN,
  nextToken: NEXT_TOKEN,
} as const satisfies Members;

const OVERDUE_SECONDS = 60;

export const Diagnose = action(members, async (input, world) => {
  const { troubles, nextToken } = await page(world, input);
  return { findings: troubles.map(({ mend: _remedy, ...finding }): Finding => finding), ...nextToken };
});

/** The page that a request asks for, and the token of the next. */
export async function page(
  world: World,
  { overdueSeconds = OVERDUE_SECONDS, thorough, nextToken }: Input<typeof members>,
) {
  const request = ['Diagnose', String(overdueSeconds), String(thorough === true)];
  const cursor = openToken(world, request, nextToken);
  const examination = { before: world.clock.now() - overdueSeconds * 1000, isThorough: thorough === true };
  const from = cursor === undefined ? undefined : (JSON.parse(cursor) as Place);
  const { troubles, next } = await troublesPage(world, examination, from);
  return {
    troubles,
    nextToken: next === undefined ? {} : { nextToken: sealToken(world, request, JSON.stringify(next)) },
  };
}
