// The smallest zip archive: one file, stored. Enough to hand one bundle to Lambda.

import { crc32 } from 'node:zlib';

export function zipOf(name: string, content: Uint8Array): Buffer {
  const common = Buffer.alloc(26); // what the entry's own header and its line in the directory have in common
  common.writeUInt16LE(20, 0); // version needed
  common.writeUInt16LE(0x21, 8); // 1 January 1980, the first day a zip knows
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(content.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(Buffer.byteLength(name), 22);

  const entry = Buffer.concat([signature(3, 4), common, Buffer.from(name), content]);
  const madeByUnix = Buffer.from([20, 3]);
  const rest = Buffer.alloc(14); // no comment, first disk, at offset 0
  rest.writeUInt32LE(0o100644 * 0x10000, 6);
  const directory = Buffer.concat([signature(1, 2), madeByUnix, common, rest, Buffer.from(name)]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(entry.length, 12);
  return Buffer.concat([entry, directory, signature(5, 6), end]);
}

function signature(first: number, second: number): Buffer {
  return Buffer.from([0x50, 0x4b, first, second]);
}
