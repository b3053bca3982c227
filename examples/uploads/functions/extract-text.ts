// Would ask Textract; here, the text of a document is its name, and a document of no bytes has none.
import { type StoredObject, UnreadableDocument } from './object.ts';

export async function handler({ key, bytes }: StoredObject) {
  if (bytes === 0) throw new UnreadableDocument(`${key} is empty.`);
  return (key.split('/').at(-1) ?? '').replace(/\.\w+$/, '').replaceAll('-', ' ');
}
