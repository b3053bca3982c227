// From text to JSON without ever throwing: malformed text and text nested too deeply become diagnostics. The depth is
// counted before parsing, because every later walk over the definition recurses into payload templates.
import { isObject, type JsonObject, parseJson } from '../expr/json.ts';
import { type Diagnostic, report } from './diagnostic.ts';

/** Far more than any workflow has, and little enough for every recursive walk. */
const DEEPEST = 500;

export function readDefinition(text: string, diagnostics: Diagnostic[]): JsonObject | undefined {
  if (depthOf(text) > DEEPEST) return refuse('TOO_DEEPLY_NESTED', 'The definition is too deeply nested', diagnostics);
  if (text.trim() === '')
    return refuse('SCHEMA_VALIDATION_FAILED', 'Definition must be a valid JSON object', diagnostics);
  try {
    const value = parseJson(text);
    if (isObject(value)) return value;
  } catch (error) {
    return refuse('INVALID_JSON_DESCRIPTION', error instanceof Error ? error.message : String(error), diagnostics);
  }
  return refuse('SCHEMA_VALIDATION_FAILED', 'Definition must be a valid JSON object', diagnostics);
}

function refuse(code: string, message: string, diagnostics: Diagnostic[]): undefined {
  report(diagnostics, code, message);
}

/** How many brackets are open at the deepest point; brackets inside strings do not count. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (quoted) {
      if (character === '\\') index++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth--;
  }
  return deepest;
}
