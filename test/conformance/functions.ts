// Stand-in Lambda functions, as ES modules named after the function: the local server runs every module of its
// functions folder. A case only says how a function behaves.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printJson } from '../../core/expr/json.ts';
import type { Case, FunctionBehaviour } from './case.ts';
import { functionsOf } from './case.ts';

// The recorded `decorate` functions were Python: str() of the event.
const PYTHON_TEXT = `const py = (v, top) => typeof v === 'string' ? (top ? v : "'" + v + "'")
  : v === null || v === undefined ? 'None' : v === true ? 'True' : v === false ? 'False'
  : Array.isArray(v) ? '[' + v.map((x) => py(x)).join(', ') + ']'
  : typeof v === 'object' ? '{' + Object.entries(v).map(([k, x]) => "'" + k + "': " + py(x)).join(', ') + '}' : String(v);
`;
const RAISE = `const raise = (type, message) => {
  const error = new Error(message);
  Object.defineProperty(error, 'name', { value: type });
  throw error;
};
`;

/** The module's source, or undefined for a behaviour that is not known here. */
export function functionSource(spec: FunctionBehaviour): string | undefined {
  const handler = (body: string) => `export const handler = ${body};\n`;
  const raised = `raise(${JSON.stringify(spec.errorType)}, ${JSON.stringify(spec.errorMessage)})`;
  switch (spec.behaviour) {
    case 'echo':
      return handler('async (event) => event');
    case 'constant':
    case 'constant_bytes':
      return handler(`async () => (${printJson(spec.returns ?? null)})`);
    case 'decorate':
      return PYTHON_TEXT + handler(`async (event) => 'input-event-' + py(event, true)`);
    case 'raise':
      return RAISE + handler(`async () => ${raised}`);
    case 'sleep':
      return handler(`(event) => new Promise((done) => setTimeout(() => done(event), ${Number(spec.seconds) * 1000}))`);
    case 'large_output':
      return handler(`async () => 'a'.repeat(${spec.bytes})`);
    case 'raise_until':
      return RAISE + handler(`async (event) => (event.attempt < ${spec.attempts} ? ${raised} : event)`);
    default:
      return undefined;
  }
}

export function writeFunctions(folder: string, cases: Case[]): void {
  mkdirSync(folder, { recursive: true });
  for (const one of cases)
    for (const [name, spec] of Object.entries(functionsOf(one))) {
      const source = functionSource(spec);
      if (source !== undefined) writeFileSync(join(folder, `${name}.mjs`), source);
    }
}
