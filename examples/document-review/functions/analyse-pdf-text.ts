// Whether a text is offensive. A real one asks Amazon Comprehend (DetectToxicContent); here a few words decide.
import type { Verdict } from './analyse-image.ts';

const OFFENSIVE = /\b(idiot|stupid|scoundrel)\b/i;

export async function handler({ text }: { text: string }): Promise<Verdict> {
  const [word] = OFFENSIVE.exec(text) ?? [];
  return { offensive: word !== undefined, what: word === undefined ? 'the text is harmless' : `the text says ${word}` };
}
