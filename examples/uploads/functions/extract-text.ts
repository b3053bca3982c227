// Would ask Textract; here, the text of a document is its name, and a document of no bytes has none.
import { type StoredObject, UnreadableDocument } from './object.ts';

export async function handler(object: StoredObject) {
  if (object.bytes === 0) throw new UnreadableDocument(`${object.key} is empty.`);
  const name = object.key.split('/').at(-1) ?? '';
  return { ...object, text: name.replace(/\.\w+$/, '').replaceAll('-', ' ') };
}
