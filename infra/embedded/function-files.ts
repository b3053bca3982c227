// Which file is a function: names and ARNs as Lambda accepts them, the directories looked through, and the stamp by
// which a changed file is noticed. Directories are read at every call, so a function is there as soon as its file is.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceError } from '../../core/ports.ts';

/** What a request may name: a name, `account:function:name`, or an ARN; each with a version or alias behind it. */
const FUNCTION_NAME =
  /^(?:arn:(?<partition>aws[a-zA-Z-]*):lambda:)?(?:(?<region>[a-z]{2}(?:-[a-z]+)+-\d):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[a-zA-Z0-9-_]+)(?::(?<qualifier>\$LATEST|[a-zA-Z0-9-_]+))?$/;

/** The pattern as Lambda prints it. */
const PATTERN_TEXT =
  '(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?';

const EXTENSIONS = ['ts', 'mjs', 'js', 'cjs', 'mts'];

export interface FunctionIdentity {
  name: string;
  /** With the qualifier, when one was given. */
  arn: string;
  /** As refusals print it: with the version that was meant. */
  qualifiedArn: string;
}

export interface Home {
  account: string;
  region: string;
}

/** Throws Lambda's own refusal of a name that is none. */
export function parseFunctionName(text: string, qualifier: string | undefined, home: Home): FunctionIdentity {
  const parts = FUNCTION_NAME.exec(text)?.groups;
  if (parts === undefined) {
    const message = `1 validation error detected: Value '${text}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${PATTERN_TEXT}`;
    throw new ServiceError('ValidationException', message, 400, crypto.randomUUID());
  }
  const { partition = 'aws', region = home.region, account = home.account, name } = parts;
  const version = qualifier ?? parts.qualifier;
  const plain = `arn:${partition}:lambda:${region}:${account}:function:${name}`;
  const arn = version === undefined ? plain : `${plain}:${version}`;
  return { name: name!, arn, qualifiedArn: `${plain}:${version ?? '$LATEST'}` };
}

/** The first directory that has the function wins: `<name>.ts` (or .mjs, .js...) before `<name>/index.ts`. */
export function findFunction(directories: readonly string[], name: string): string | undefined {
  for (const directory of directories) {
    for (const stem of [join(directory, name), join(directory, name, 'index')]) {
      const file = EXTENSIONS.map((extension) => `${stem}.${extension}`).find((path) => existsSync(path));
      if (file !== undefined) return file;
    }
  }
  return undefined;
}

/** Differs whenever one of the files was written, replaced or removed. */
export function stampOf(files: readonly string[]): string {
  return files
    .map((file) => {
      const found = statSync(file, { throwIfNoEntry: false });
      return found === undefined ? 'gone' : `${found.mtimeMs}/${found.size}/${found.ino}`;
    })
    .join(' ');
}
