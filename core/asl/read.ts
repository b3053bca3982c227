// From text to JSON without ever throwing: malformed text and text nested too deeply become diagnostics. The depth is
// counted before parsing, because every later walk over the definition recurses into payload templates.
import { isObject, type JsonObject, nestingDepth, parseJson } from '../expr/json.ts';
import { jsonComplaint } from '../expr/json-complaint.ts';
import { type Diagnostic, report } from './diagnostic.ts';

/** Far more than any workflow has, and little enough for every recursive walk. */
const DEEPEST = 500;

export function readDefinition(text: string, diagnostics: Diagnostic[]): JsonObject | undefined {
  if (nestingDepth(text) > DEEPEST)
    return refuse('TOO_DEEPLY_NESTED', 'The definition is too deeply nested', diagnostics);
  if (text.trim() === '')
    return refuse('SCHEMA_VALIDATION_FAILED', 'Definition must be a valid JSON object', diagnostics);
  try {
    const value = parseJson(text);
    if (isObject(value)) return value;
  } catch {
    const { message, location } = jsonComplaint(text);
    return refuse('INVALID_JSON_DESCRIPTION', message, diagnostics, location);
  }
  return refuse('SCHEMA_VALIDATION_FAILED', 'Definition must be a valid JSON object', diagnostics);
}

/** Where a text stops being JSON. */
export function jsonErrorAt(text: string): number {
  return jsonComplaint(text).at;
}

function refuse(code: string, message: string, diagnostics: Diagnostic[], location?: string): undefined {
  report(diagnostics, code, message, location);
}
