// Would ask Rekognition; here, what is in the picture stands in its name: `cat-on-mat.jpg`.
import type { StoredObject } from './object.ts';

export async function handler({ key }: StoredObject) {
  const name = key.split('/').at(-1) ?? '';
  return { objects: name.replace(/\.\w+$/, '').split('-on-') };
}
