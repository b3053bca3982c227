// What the checker has to say, in the shape of ValidateStateMachineDefinition, and the sentence CreateStateMachine
// makes of it. A location is AWS's own notation: `/States/Pick/Choices[0]/Next`.

export interface Diagnostic {
  severity: 'ERROR' | 'WARNING';
  code: string;
  message: string;
  location?: string;
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
