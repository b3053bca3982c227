// Would write a smaller image beside the large one; here, it only says where.
import type { StoredObject } from './object.ts';

const LARGEST_BYTES = 1_000_000;

export async function handler({ bucket, key, bytes }: StoredObject) {
  return { resized: `s3://${bucket}/small/${key}`, scale: Number(Math.sqrt(LARGEST_BYTES / bytes).toFixed(2)) };
}
