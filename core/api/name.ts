// The rules for names of state machines, executions and activities (1 to 80 characters; the length is the shape's
// business). Forbidden are white space, brackets, wildcards, the characters " # % \ ^ | ~ $ & , ; : / and `,
// control characters, lone surrogates and the last code points of plane 0 and plane 16.
import { invalidName } from './exceptions.ts';

const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~$&,;:/`\p{Cc}\ufffe\uffff\p{Cs}\u{10ffff}]/u;

/** Throws InvalidName. */
export function checkName(name: string): void {
  if (FORBIDDEN.test(name)) throw invalidName(name);
}
