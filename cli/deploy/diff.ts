// Two texts line by line: what goes, what comes, and a little of what stays around it.

const CONTEXT = 2;
/** Above so many pairs of lines the two are shown as a whole: nobody reads such a difference line by line. */
const PAIRS_MAX = 4_000_000;

interface Line {
  mark: ' ' | '-' | '+';
  text: string;
}

/** Lines marked with ` `, `-` and `+`; `…` stands where lines that stay were left out. */
export function lineDiff(before: string, after: string): string[] {
  const lines = compare(before.split('\n'), after.split('\n'));
  const shown = lines.map((_, index) =>
    lines.slice(Math.max(index - CONTEXT, 0), index + CONTEXT + 1).some(({ mark }) => mark !== ' '),
  );
  return lines.flatMap(({ mark, text }, index) => {
    if (shown[index]) return [`${mark} ${text}`];
    return shown[index - 1] && index + 1 < lines.length ? ['…'] : [];
  });
}

function compare(before: string[], after: string[]): Line[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const [goes, comes] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  const stays = (text: string): Line => ({ mark: ' ', text });
  return [
    ...before.slice(0, start).map(stays),
    ...(goes.length * comes.length > PAIRS_MAX ? whole(goes, comes) : middle(goes, comes)),
    ...before.slice(before.length - end).map(stays),
  ];
}

function whole(goes: string[], comes: string[]): Line[] {
  return [...goes.map((text): Line => ({ mark: '-', text })), ...comes.map((text): Line => ({ mark: '+', text }))];
}

/** By the longest common subsequence. */
function middle(a: string[], b: string[]): Line[] {
  const width = b.length + 1;
  const length = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      length[i * width + j] =
        a[i] === b[j]
          ? length[(i + 1) * width + j + 1]! + 1
          : Math.max(length[(i + 1) * width + j]!, length[i * width + j + 1]!);
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ mark: ' ', text: a[i++]! });
      j++;
    } else if (j >= b.length || (i < a.length && length[(i + 1) * width + j]! >= length[i * width + j + 1]!))
      lines.push({ mark: '-', text: a[i++]! });
    else lines.push({ mark: '+', text: b[j++]! });
  }
  return lines;
}
