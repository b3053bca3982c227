// A plan as people read it.
import type { TriggerDefinition } from '../../core/triggers/trigger.ts';
import type { Io } from '../io.ts';
import { lineDiff } from './diff.ts';
import { isStill, type MachineStep, type Plan, type TriggerStep } from './plan.ts';

const MARKS = { create: '+', update: '~', delete: '-' } as const;
const COLORS = { '+': 'green', '~': 'yellow', '-': 'red' } as const;
const DIFF_LINES_MAX = 60;

export function planText({ project, steps, kept }: Plan, advice: readonly string[], paint: Io['paint']): string[] {
  const moving = steps.filter((step) => !isStill(step));
  const count = (word: keyof typeof MARKS) => moving.filter((step) => wordOf(step) === word).length;
  const still = steps.length - moving.length;
  const summary = `${count('create')} to create, ${count('update')} to update, ${count('delete')} to delete, ${still} unchanged`;
  return [
    ...moving.flatMap((step) => [...stepText(step, paint), '']),
    ...kept.map((name) => `  ${name} was deployed from here and is in the folder no more; --prune deletes it.`),
    ...advice.map((line) => paint('yellow', `  ${line}.`)),
    `${project}: ${summary}${triggerCount(moving)}.`,
  ];
}

/** A machine whose triggers alone change is updated, too. */
function wordOf({ action }: MachineStep): keyof typeof MARKS {
  return action === 'unchanged' ? 'update' : action;
}

function triggerCount(steps: MachineStep[]): string {
  const triggers = steps.flatMap(({ triggers }) => triggers);
  return triggers.length === 0
    ? ''
    : `; ${triggers.length} ${triggers.length === 1 ? 'trigger' : 'triggers'} to change`;
}

function stepText(step: MachineStep, paint: Io['paint']): string[] {
  const { action, name, desired, changes, tags, triggers, publish } = step;
  const word = wordOf(step);
  const mark = MARKS[word];
  const about = action === 'create' ? `  ${desired!.type} of ${desired!.file}` : '';
  return [
    `${paint(COLORS[mark], `${mark} ${word} ${name}`)}${about}`,
    ...changes.flatMap(({ what, before = '', after = '' }) =>
      what === 'definition'
        ? ['    definition', ...definitionDiff(before, after, paint)]
        : [`    ${what}: ${before} → ${after}`],
    ),
    ...(action === 'update' ? tagText(tags) : []),
    ...triggers.map((trigger) => `    ${triggerText(trigger, paint)}`),
    ...(publish ? ['    publish a version'] : []),
  ];
}

function definitionDiff(before: string, after: string, paint: Io['paint']): string[] {
  const lines = lineDiff(before, after);
  const shown = lines.slice(0, DIFF_LINES_MAX).map((line) => {
    const color = line.startsWith('+') ? 'green' : line.startsWith('-') ? 'red' : 'gray';
    return `      ${paint(color, line)}`;
  });
  return lines.length > DIFF_LINES_MAX ? [...shown, `      … and ${lines.length - DIFF_LINES_MAX} lines more`] : shown;
}

function tagText({ set, remove }: MachineStep['tags']): string[] {
  return [
    ...Object.entries(set).map(([key, value]) => `    tag ${key}=${value}`),
    ...remove.map((key) => `    remove tag ${key}`),
  ];
}

function triggerText({ action, name, definition, before, why }: TriggerStep, paint: Io['paint']): string {
  const mark = action === 'delete' ? '-' : before === undefined ? '+' : '~';
  const text = `${mark} trigger ${name}: ${sourceText(definition)}${why === undefined ? '' : ` (${why})`}`;
  return paint(COLORS[mark], text);
}

/** What a trigger listens to, in a line. */
export function sourceText(definition: TriggerDefinition): string {
  if ('sqs' in definition) return `queue ${definition.sqs.queue}`;
  if ('schedule' in definition) return definition.schedule.expression;
  if ('event' in definition) return `events ${JSON.stringify(definition.event.pattern)}`;
  const { bucket, prefix, suffix } = definition.s3;
  return `bucket ${bucket}${prefix ? `, prefix ${prefix}` : ''}${suffix ? `, suffix ${suffix}` : ''}`;
}
