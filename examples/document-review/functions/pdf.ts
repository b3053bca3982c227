// As much of PDF as this example needs: the streams of a file, plain, in hexadecimal or deflated. A real one would use a
// library, or Amazon Textract.
import { inflateSync } from 'node:zlib';
import { S3 } from '@aws-sdk/client-s3';

/** The detail of an "Object Created" event. */
export interface Dropped {
  bucket: { name: string };
  object: { key: string };
}

export interface Stream {
  /** Its dictionary, as it stands in the file. */
  dictionary: string;
  content: Buffer;
}

class NotADocument extends Error {
  override name = 'NotADocument';
}

const s3 = new S3({ forcePathStyle: true });

export async function streamsOf({ bucket, object }: Dropped): Promise<Stream[]> {
  const { Body } = await s3.getObject({ Bucket: bucket.name, Key: object.key });
  // One character per byte.
  const file = await Body!.transformToString('latin1');
  if (!file.startsWith('%PDF-')) throw new NotADocument(`${object.key} is no PDF.`);
  const streams = file.matchAll(/<<((?:[^<>]|<<[^<>]*>>)*)>>\s*stream\r?\n([\s\S]*?)\r?\nendstream/g);
  return [...streams].map(([, dictionary = '', content = '']) => ({
    dictionary,
    content: decode(dictionary, content),
  }));
}

function decode(dictionary: string, content: string): Buffer {
  if (dictionary.includes('/ASCIIHexDecode')) return Buffer.from(content.replace(/[^0-9a-fA-F]/g, ''), 'hex');
  const bytes = Buffer.from(content, 'latin1');
  return dictionary.includes('/FlateDecode') ? inflateSync(bytes) : bytes;
}
