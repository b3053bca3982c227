// Compiled forms of texts (paths, intrinsic functions), kept for the texts used last: definitions repeat a few of them
// many times, while data can bring in any number of others.

export function memoizeByText<T>(limit: number, compile: (text: string) => T): (text: string) => T {
  const known = new Map<string, { value: T }>();
  return (text) => {
    const entry = known.get(text) ?? { value: compile(text) };
    // A Map keeps insertion order, so the first key is the one used longest ago.
    known.delete(text);
    known.set(text, entry);
    if (known.size > limit) known.delete(known.keys().next().value!);
    return entry.value;
  };
}
