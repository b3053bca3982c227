// The Payloads port on S3. Few executions have bodies this large, so the S3 client is loaded when the first one does.

import type { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { Unreadable } from '../../core/errors.ts';
import type { Payloads } from '../../core/ports.ts';
import { type ClientOptions, clientConfig, withoutRecursionDetection } from './clients.ts';

export interface S3PayloadsOptions {
  bucket: string;
  clientOptions?: ClientOptions;
}

/** Above this, eight write units to a body, an object of S3 is cheaper than the item. */
const THRESHOLD_BYTES = 8192;

export function s3Payloads({ bucket, clientOptions }: S3PayloadsOptions): Payloads {
  let loaded: Promise<{ s3: typeof import('@aws-sdk/client-s3'); client: S3Client }> | undefined;

  function load() {
    loaded ??= import('@aws-sdk/client-s3').then((s3) => ({
      s3,
      client: withoutRecursionDetection(new s3.S3Client(clientConfig(clientOptions))),
    }));
    return loaded;
  }

  return {
    thresholdBytes: THRESHOLD_BYTES,
    async put(key, body) {
      const { s3, client } = await load();
      await client.send(new s3.PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    },
    async get(key) {
      const { s3, client } = await load();
      try {
        const { Body } = await client.send(new s3.GetObjectCommand({ Bucket: bucket, Key: key }));
        return await Body?.transformToByteArray();
      } catch (error) {
        throwUnlessAbsent(error, `The object ${key} of the bucket ${bucket}`);
        return undefined;
      }
    },
  };
}

/** A bucket that is gone, and permissions or keys that were taken away, are told to whoever can give them back. */
function throwUnlessAbsent(error: unknown, what: string): void {
  const { name = '', message = '', $metadata = {} } = error as Partial<S3ServiceException>;
  if (name === 'NoSuchKey') return;
  const isRefused = $metadata.httpStatusCode === 403 || $metadata.httpStatusCode === 404;
  throw isRefused ? new Unreadable(`${what} cannot be read: ${name}: ${message}`) : error;
}
