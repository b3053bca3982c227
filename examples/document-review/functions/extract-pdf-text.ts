// The text of a document: what its pages show by Tj.
import { type Dropped, streamsOf } from './pdf.ts';

export async function handler(dropped: Dropped): Promise<string> {
  const streams = await streamsOf(dropped);
  const pages = streams.filter(({ dictionary }) => !dictionary.includes('/Subtype'));
  const shown = pages.flatMap(({ content }) => [...content.toString('latin1').matchAll(/\(((?:\\.|[^\\)])*)\)\s*Tj/g)]);
  return shown.map(([, text = '']) => text.replace(/\\(.)/g, '$1')).join('\n');
}
