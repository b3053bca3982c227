// The binary frames in which services of AWS send events.
// https://smithy.io/2.0/aws/amazon-eventstream.html
import { crc32 } from 'node:zlib';

/** Events by name, or exceptions with `exception:` before theirs. */
export function eventStream(...events: [name: string, payload: object | string][]): Buffer {
  return Buffer.concat(events.map(([name, payload]) => frame(name, payload)));
}

function frame(name: string, payload: object | string): Buffer {
  const [, exception] = /^exception:(.*)$/.exec(name) ?? [];
  const headers = Buffer.concat([
    header(':message-type', exception === undefined ? 'event' : 'exception'),
    header(exception === undefined ? ':event-type' : ':exception-type', exception ?? name),
    header(':content-type', typeof payload === 'string' ? 'application/octet-stream' : 'application/json'),
  ]);
  const body = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  const lengths = Buffer.concat([uint32(16 + headers.length + body.length), uint32(headers.length)]);
  const message = Buffer.concat([lengths, uint32(crc32(lengths)), headers, body]);
  return Buffer.concat([message, uint32(crc32(message))]);
}

/** Of the type text, which is 7. */
function header(name: string, value: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(value));
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), length, Buffer.from(value)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
