// The regular expressions of JSONPath filters, `=~ /S.*/i`: Java's, matched against the whole text. The syntax that Java
// and JavaScript share is run; work is bounded as in JSONata, so no definition can block the process with `(a+)+`.
import { BoundedRegExp, RegexStepsExceeded } from './jsonata-regex.ts';
import { PathError } from './path-error.ts';

export interface JavaRegex {
  readonly source: string;
  readonly whole: RegExp;
}

const INLINE_IGNORE_CASE = /^\(\?i\)/;

export function compileRegex(source: string, ignoreCase: boolean): JavaRegex {
  const flags = ignoreCase || INLINE_IGNORE_CASE.test(source) ? 'i' : '';
  try {
    // By itself first: the group around it must not make sense of parentheses that do not match.
    const { source: pattern } = new RegExp(source.replace(INLINE_IGNORE_CASE, ''));
    return { source, whole: new RegExp(`^(?:${pattern})$`, flags) };
  } catch {
    throw new PathError('InvalidPath', `java.util.regex.PatternSyntaxException: ${source}`);
  }
}

/** Whether the whole text matches. Throws PathError when that would take too long to find out. */
export function matchesRegex(regex: JavaRegex, text: string): boolean {
  try {
    return BoundedRegExp(regex.whole).exec(text) !== null;
  } catch (error) {
    if (!(error instanceof RegexStepsExceeded)) throw error;
    throw new PathError('InvalidPath', `The regular expression /${regex.source}/ takes too long on this text`);
  }
}
