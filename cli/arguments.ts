// Command lines: flags are checked here, once, and everything wrong with them is one clear sentence.
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** The caller's mistake, in one sentence; exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

type Flags = NonNullable<ParseArgsConfig['options']>;
type Parsed<T extends Flags> = ReturnType<typeof parseArgs<{ options: T; allowPositionals: true; strict: true }>>;

/** Throws UsageError for unknown flags, missing values, and other numbers of positionals than `names` (and `optional`) have. */
export function parseCommandLine<const T extends Flags>(
  args: string[],
  options: T,
  names: string[],
  optional: string[] = [],
): Parsed<T> {
  const parsed = parseStrictly(args, options);
  const { length } = parsed.positionals;
  if (length < names.length) throw new UsageError(`Missing: ${names[length]}.`);
  const most = names.length + optional.length;
  if (length > most) throw new UsageError(`Unexpected argument '${parsed.positionals[most]}'.`);
  return parsed;
}

function parseStrictly<const T extends Flags>(args: string[], options: T): Parsed<T> {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    const [sentence] = (error as Error).message.split(/(?<=['>])\. |\n/);
    throw new UsageError(`${sentence!.replace(/\.$/, '')}.`);
  }
}

export function parseInteger(flag: string, text: string, { min, max }: { min: number; max: number }): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new UsageError(`${flag} takes a whole number from ${min} to ${max}, not '${text}'.`);
}
