// How messages are put together into requests to SQS: at most ten, and at most 256 KiB, which every SQS takes. More
// bytes in a request would not be cheaper: SQS counts a request for every 64 KiB of it.

const BATCH_MESSAGES_MAX = 10;
const BATCH_BYTES_MAX = 256 * 1024;

export function inBatches<M extends { body: string }>(messages: M[]): M[][] {
  const batches: M[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    const size = Buffer.byteLength(message.body);
    const batch = batches.at(-1);
    if (batch !== undefined && batch.length < BATCH_MESSAGES_MAX && bytes + size <= BATCH_BYTES_MAX) {
      batch.push(message);
      bytes += size;
    } else {
      batches.push([message]);
      bytes = size;
    }
  }
  return batches;
}
