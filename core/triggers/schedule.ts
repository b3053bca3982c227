// Schedules as EventBridge writes them: `rate(5 minutes)`, and `cron(minutes hours day-of-month month day-of-week year)`
// in UTC, where one of the two days is `?`.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html

export interface Schedule {
  /** The first time after `after`, or undefined when there is none. Epoch milliseconds; a rate counts from `since`. */
  next(after: number, since: number): number | undefined;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const UNITS: Record<string, number> = { minute: MINUTE_MS, hour: 60 * MINUTE_MS, day: DAY_MS };

/** Throws a RangeError whose message is a sentence. */
export function parseSchedule(expression: string): Schedule {
  const rate = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression);
  if (rate !== null) return rateSchedule(expression, Number(rate[1]), rate[2]!, rate[3] === 's');
  const cron = /^cron\((.+)\)$/.exec(expression);
  if (cron !== null) return cronSchedule(expression, cron[1]!.trim().split(/\s+/));
  throw new RangeError(`'${expression}' is neither rate(5 minutes) nor cron(0 8 * * ? *).`);
}

function rateSchedule(expression: string, value: number, unit: string, isPlural: boolean): Schedule {
  if (value < 1) throw new RangeError(`'${expression}': a rate is a positive number.`);
  if (isPlural !== value > 1) throw new RangeError(`'${expression}': 1 minute, but 2 minutes.`);
  const step = value * UNITS[unit]!;
  return { next: (after, since) => since + (Math.floor(Math.max(after - since, 0) / step) + 1) * step };
}

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const DAYS = 'SUN MON TUE WED THU FRI SAT'.split(' ');

interface Field {
  name: string;
  min: number;
  max: number;
  names?: string[];
}

const MINUTE: Field = { name: 'minutes', min: 0, max: 59 };
const HOUR: Field = { name: 'hours', min: 0, max: 23 };
const DAY_OF_MONTH: Field = { name: 'day of month', min: 1, max: 31 };
const MONTH: Field = { name: 'month', min: 1, max: 12, names: MONTHS };
const DAY_OF_WEEK: Field = { name: 'day of week', min: 1, max: 7, names: DAYS };
const YEAR: Field = { name: 'year', min: 1970, max: 2199 };

/** Whether a day is meant, by midnight of it. */
type IsDay = (day: Date) => boolean;

function cronSchedule(expression: string, fields: string[]): Schedule {
  const fail = (why: string): never => {
    throw new RangeError(`'${expression}': ${why}.`);
  };
  if (fields.length !== 6) fail('a cron expression has six fields: minutes hours day-of-month month day-of-week year');
  const [minutes, hours, dayOfMonth, months, dayOfWeek, years] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) fail('one of day-of-month and day-of-week is ?, the other is not');
  const read = (text: string, field: Field) => readField(text, field) ?? fail(`'${text}' is no ${field.name}`);
  const sets = {
    minutes: read(minutes, MINUTE),
    hours: read(hours, HOUR),
    months: read(months, MONTH),
    years: read(years, YEAR),
  };
  const isDay =
    (dayOfWeek === '?' ? readDayOfMonth(dayOfMonth) : readDayOfWeek(dayOfWeek)) ??
    fail(
      `'${dayOfWeek === '?' ? dayOfMonth : dayOfWeek}' is no ${(dayOfWeek === '?' ? DAY_OF_MONTH : DAY_OF_WEEK).name}`,
    );
  return { next: (after) => nextTime(after, sets, isDay) };
}

interface Sets {
  minutes: Set<number>;
  hours: Set<number>;
  months: Set<number>;
  years: Set<number>;
}

/** Day by day, so that every rule about days is asked of one; a year without a single hit is passed over. */
function nextTime(after: number, { minutes, hours, months, years }: Sets, isDay: IsDay): number | undefined {
  const first = Math.floor(after / DAY_MS) * DAY_MS;
  for (let day = new Date(first); day.getUTCFullYear() <= YEAR.max; day = new Date(day.getTime() + DAY_MS)) {
    if (!years.has(day.getUTCFullYear())) {
      day = new Date(Date.UTC(day.getUTCFullYear(), 11, 31));
      continue;
    }
    if (!months.has(day.getUTCMonth() + 1) || !isDay(day)) continue;
    for (const hour of [...hours].sort((a, b) => a - b))
      for (const minute of [...minutes].sort((a, b) => a - b)) {
        const time = day.getTime() + (hour * 60 + minute) * MINUTE_MS;
        if (time > after) return time;
      }
  }
  return undefined;
}

/** The values of a field such as `0/15`, `8-17`, `MON,WED`, `*`; undefined when it is none. */
function readField(text: string, field: Field): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [, range = '', step = '1'] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
    const bounds = range === '*' ? [field.min, field.max] : range.split('-').map((end) => readValue(end, field));
    const [from, to = part.includes('/') ? field.max : from] = bounds;
    if (bounds.length > 2 || from === undefined || to === undefined || from > to || Number(step) < 1) return undefined;
    for (let value = from; value <= to; value += Number(step)) values.add(value);
  }
  return values;
}

function readValue(text: string, { min, max, names = [] }: Field): number | undefined {
  const named = names.indexOf(text.toUpperCase());
  const value = named >= 0 ? named + min : /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}

const lastOfMonth = (day: Date) => new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();

/** `L` is the last day of the month, `LW` and `15W` the working day nearest to a day of it. */
function readDayOfMonth(text: string): IsDay | undefined {
  if (text === 'L') return (day) => day.getUTCDate() === lastOfMonth(day);
  const [, near] = /^(\d{1,2}|L)W$/.exec(text) ?? [];
  if (near !== undefined) {
    if (near !== 'L' && readValue(near, DAY_OF_MONTH) === undefined) return undefined;
    return (day) => day.getUTCDate() === workingDayNear(day, near === 'L' ? lastOfMonth(day) : Number(near));
  }
  const days = readField(text, DAY_OF_MONTH);
  return days && ((day) => days.has(day.getUTCDate()));
}

/** Never leaves the month. */
function workingDayNear(day: Date, date: number): number {
  const last = lastOfMonth(day);
  if (date > last) return Number.NaN;
  const weekday = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), date)).getUTCDay();
  if (weekday === 6) return date === 1 ? 3 : date - 1;
  if (weekday === 0) return date === last ? date - 2 : date + 1;
  return date;
}

/** `5L` is the last Thursday of the month, `3#2` the second Tuesday. */
function readDayOfWeek(text: string): IsDay | undefined {
  if (text === 'L') return (day) => day.getUTCDay() === 6;
  const [, weekday, place] = /^(\w+?)(L|#[1-5])$/.exec(text) ?? [];
  if (weekday !== undefined && place !== undefined) {
    const wanted = readValue(weekday, DAY_OF_WEEK);
    if (wanted === undefined) return undefined;
    return (day) => {
      if (day.getUTCDay() + 1 !== wanted) return false;
      if (place === 'L') return day.getUTCDate() + 7 > lastOfMonth(day);
      return Math.ceil(day.getUTCDate() / 7) === Number(place.slice(1));
    };
  }
  const days = readField(text, DAY_OF_WEEK);
  return days && ((day) => days.has(day.getUTCDay() + 1));
}
