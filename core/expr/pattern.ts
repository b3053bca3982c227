// The pattern of StringMatches: `*` stands for any text, `\*` and `\\` for the character itself, all else for itself.
// Time is linear in pattern and text, whatever they are.

export function matchesPattern(pattern: string, text: string): boolean {
  const [prefix = '', ...pieces] = literalPieces(pattern);
  const suffix = pieces.pop();
  if (suffix === undefined) return text === prefix;
  const end = text.length - suffix.length;
  if (!text.startsWith(prefix) || !text.endsWith(suffix) || end < prefix.length) return false;
  let at = prefix.length;
  for (const piece of pieces) {
    at = findPiece(text, piece, at, end);
    if (at < 0) return false;
  }
  return true;
}

/** The literal text before, between and after the stars. */
function literalPieces(pattern: string): string[] {
  const pieces = [''];
  for (const [match, escaped] of pattern.matchAll(/\\([*\\])|[\s\S]/g)) {
    if (match === '*') pieces.push('');
    else pieces[pieces.length - 1] += escaped ?? match;
  }
  return pieces;
}

/** Just past the first occurrence of `piece` in the text between `from` and `end`, or -1 (Knuth, Morris and Pratt). */
function findPiece(text: string, piece: string, from: number, end: number): number {
  const borders = borderLengths(piece);
  let matched = 0;
  if (piece === '') return from;
  for (let at = from; at < end; at++) {
    while (matched > 0 && text[at] !== piece[matched]) matched = borders[matched - 1]!;
    if (text[at] === piece[matched]) matched++;
    if (matched === piece.length) return at + 1;
  }
  return -1;
}

/** For every prefix of the piece, the length of the longest shorter prefix that it also ends with. */
function borderLengths(piece: string): number[] {
  const borders = [0];
  for (let at = 1, length = 0; at < piece.length; at++) {
    while (length > 0 && piece[at] !== piece[length]) length = borders[length - 1]!;
    if (piece[at] === piece[length]) length++;
    borders.push(length);
  }
  return borders;
}
