// Would ask Comprehend; here, it counts words and looks for one.
import type { StoredObject } from './object.ts';

export async function handler({ key, text }: StoredObject & { text: string }) {
  const words = text.split(' ');
  return { key, words: words.length, isInvoice: words.includes('invoice') };
}
