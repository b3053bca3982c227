// Compiled forms of texts (paths, intrinsic functions), kept for the texts used last: definitions repeat a few of them
// many times, while data can bring in any number of others.

/** Remembers between `limit` and twice as many; in two generations, so that a hit costs one look. */
export function memoizeByText<T extends object>(limit: number, compile: (text: string) => T): (text: string) => T {
  let recent = new Map<string, T>();
  let older = recent;
  return (text) => {
    const known = recent.get(text);
    if (known !== undefined) return known;
    const value = older.get(text) ?? compile(text);
    if (recent.size >= limit) {
      older = recent;
      recent = new Map();
    }
    recent.set(text, value);
    return value;
  };
}
