// What the checker has to say, in the shape of ValidateStateMachineDefinition, and the sentence CreateStateMachine
// makes of it. A location is AWS's own notation: `/States/Pick/Choices[0]/Next`.

export interface Diagnostic {
  severity: 'ERROR' | 'WARNING';
  code: string;
  message: string;
  location?: string;
}

/** Enough for every author, and a bound on what a hostile definition can make of one request. */
const FINDINGS_MAX = 1_000;
const TEXT_MAX = 2_000;

/** Writes a finding down. AWS's `ERROR` is the rule, warnings say so. */
export function report(
  diagnostics: Diagnostic[],
  code: string,
  message: string,
  location?: string,
  severity: Diagnostic['severity'] = 'ERROR',
): void {
  if (diagnostics.length >= FINDINGS_MAX) return;
  const where = location === undefined ? {} : { location: shorten(location) };
  diagnostics.push({ severity, code, message: shorten(message), ...where });
}

function shorten(text: string): string {
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}...` : text;
}

/** AWS names a field below an object with `/`; the machine itself is `/`. */
export function within(location: string, field: string): string {
  return location === '/' ? `/${field}` : `${location}/${field}`;
}

export function isError(diagnostic: Diagnostic): boolean {
  return diagnostic.severity === 'ERROR';
}

/** The message of an InvalidDefinition error. AWS really prints `at null` for a finding without location. */
export function invalidDefinitionMessage(diagnostics: Diagnostic[]): string {
  const findings = diagnostics
    .filter(isError)
    .map(({ code, message, location }) => `${code}: ${message} at ${location ?? 'null'}`);
  return `Invalid State Machine Definition: '${findings.join(', ')}'`;
}
