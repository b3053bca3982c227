// `${Name}` in definitions and in the project's file, as DefinitionSubstitutions of AWS SAM are; `${!Name}` stays
// `${Name}`. A name without a value is a finding: what AWS would take for text is hardly ever meant.

export type Values = Readonly<Record<string, string>>;

const PLACEHOLDER = /\$\{(!?)([A-Za-z0-9_.:-]+)\}/g;

/** The text with its values; `missing` are the names that have none. */
export function substitute(text: string, values: Values): { text: string; missing: string[] } {
  const missing: string[] = [];
  const filled = text.replace(PLACEHOLDER, (placeholder, bang: string, name: string) => {
    if (bang) return `\${${name}}`;
    if (Object.hasOwn(values, name)) return values[name]!;
    missing.push(name);
    return placeholder;
  });
  return { text: filled, missing };
}

/** The same in JSON text, where every placeholder stands inside a string. */
export function substituteInJson(json: string, values: Values): { text: string; missing: string[] } {
  const quoted = Object.entries(values).map(([name, value]) => [name, JSON.stringify(value).slice(1, -1)]);
  return substitute(json, Object.fromEntries(quoted));
}

/** Every string of a value, filled; `onMissing` hears of names without a value, and where. */
export function substituteAll<T>(
  value: T,
  values: Values,
  onMissing: (name: string, path: (string | number)[]) => void,
  path: (string | number)[] = [],
): T {
  if (typeof value === 'string') {
    const { text, missing } = substitute(value, values);
    for (const name of missing) onMissing(name, path);
    return text as T;
  }
  if (Array.isArray(value))
    return value.map((item, index) => substituteAll(item, values, onMissing, [...path, index])) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    substituteAll(item, values, onMissing, [...path, key]),
  ]);
  return Object.fromEntries(entries);
}
