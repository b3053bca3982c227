// Schedules in EventBridge's own dialect. Times are of the Gregorian calendar: 2026-01-01 is a Thursday.
import { describe, expect, test } from 'vitest';
import { parseSchedule } from '../../../core/triggers/schedule.ts';

const EPOCH = Date.parse('2026-01-01T00:00:00Z');

function times(expression: string, count: number, from = EPOCH): string[] {
  const schedule = parseSchedule(expression);
  const found: string[] = [];
  for (let at: number | undefined = from; found.length < count; ) {
    at = schedule.next(at, EPOCH);
    if (at === undefined) break;
    found.push(new Date(at).toISOString().slice(0, 16));
  }
  return found;
}

describe('cron', () => {
  test.each<[string, string[]]>([
    ['cron(17 3 * * ? *)', ['2026-01-01T03:17', '2026-01-02T03:17']],
    ['cron(0 8 ? * MON-FRI *)', ['2026-01-01T08:00', '2026-01-02T08:00', '2026-01-05T08:00']],
    ['cron(0/20 9-10 * * ? *)', ['2026-01-01T09:00', '2026-01-01T09:20', '2026-01-01T09:40', '2026-01-01T10:00']],
    ['cron(0 0 L * ? *)', ['2026-01-31T00:00', '2026-02-28T00:00', '2026-03-31T00:00']],
    ['cron(0 12 LW * ? *)', ['2026-01-30T12:00', '2026-02-27T12:00']],
    ['cron(0 12 3W JAN,MAY ? *)', ['2026-01-02T12:00', '2026-05-04T12:00']],
    ['cron(0 12 1W 8 ? *)', ['2026-08-03T12:00']],
    ['cron(0 12 ? * 3#2 *)', ['2026-01-13T12:00', '2026-02-10T12:00']],
    ['cron(0 12 ? * 5L *)', ['2026-01-29T12:00', '2026-02-26T12:00']],
    ['cron(0 0 29 2 ? *)', ['2028-02-29T00:00', '2032-02-29T00:00']],
    ['cron(0 0 1 1 ? 2030/2)', ['2030-01-01T00:00', '2032-01-01T00:00']],
    ['cron(0 0 ? * SUN 2026)', ['2026-01-04T00:00']],
  ])('%s', (expression, expected) => {
    expect(times(expression, expected.length)).toEqual(expected);
  });

  test('of a year that is over never comes', () => {
    expect(times('cron(0 0 1 1 ? 2020)', 1)).toEqual([]);
  });
});

describe('rate', () => {
  test('counts from the beginning, whenever one asks', () => {
    expect(times('rate(90 minutes)', 2)).toEqual(['2026-01-01T01:30', '2026-01-01T03:00']);
    expect(times('rate(1 day)', 1, Date.parse('2026-01-05T11:11:11Z'))).toEqual(['2026-01-06T00:00']);
  });
});

test.each([
  ['rate(1 minutes)', "'rate(1 minutes)': 1 minute, but 2 minutes."],
  ['rate(0 minutes)', "'rate(0 minutes)': a rate is a positive number."],
  ['every day', "'every day' is neither rate(5 minutes) nor cron(0 8 * * ? *)."],
  ['cron(0 8 * * *)', /six fields/],
  ['cron(0 8 * * * *)', /one of day-of-month and day-of-week is \?/],
  ['cron(61 8 * * ? *)', "'cron(61 8 * * ? *)': '61' is no minutes."],
  ['cron(0 8 ? * MON#6 *)', "'cron(0 8 ? * MON#6 *)': 'MON#6' is no day of week."],
  ['cron(0 8 32W * ? *)', "'cron(0 8 32W * ? *)': '32W' is no day of month."],
])('%s is refused', (expression, message) => {
  expect(() => parseSchedule(expression)).toThrow(message);
});
