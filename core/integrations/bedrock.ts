// `bedrock:invokeModel`: the body is JSON both ways, and may lie in S3 where it is too large for a state: `Input.S3Uri` is
// read in its place, `Output.S3Uri` takes the answer's, of which the result then has the address.
// https://docs.aws.amazon.com/step-functions/latest/dg/connect-bedrock.html
import { runtimeError } from '../errors.ts';
import { isObject, type Json, type JsonObject, parseJson, printJson } from '../expr/json.ts';
import type { Ask } from './optimised-services.ts';

export async function fromS3({ Input, Output: _later, ...parameters }: JsonObject, ask: Ask): Promise<JsonObject> {
  const place = placeOf(Input, 'Input');
  if (place === undefined) return parameters;
  if (parameters.Body !== undefined) throw runtimeError('Body and Input.S3Uri exclude each other.');
  const { Body = null, ContentType } = await ask('s3', 'getObject', place);
  return { ...(typeof ContentType === 'string' ? { ContentType } : {}), ...parameters, Body };
}

export async function toS3(output: JsonObject, { Output }: JsonObject, ask: Ask): Promise<JsonObject> {
  const place = placeOf(Output, 'Output');
  const { Body = null, ContentType = null } = output;
  if (place === undefined) return { Body: parsed(Body), ContentType };
  const type = typeof ContentType === 'string' ? { ContentType } : {};
  await ask('s3', 'putObject', { ...place, ...type, Body: parsed(Body) });
  return { Body: `s3://${place.Bucket}/${place.Key}`, ContentType };
}

function placeOf(where: Json | undefined, name: string): { Bucket: string; Key: string } | undefined {
  if (where === undefined) return undefined;
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(String(isObject(where) ? where.S3Uri : '')) ?? [];
  if (Bucket !== undefined && Key !== undefined) return { Bucket, Key };
  throw runtimeError(`${name}.S3Uri must be the address of an object, as s3://bucket/key, not ${printJson(where)}.`);
}

function parsed(body: Json): Json {
  try {
    return parseJson(typeof body === 'string' ? body : printJson(body));
  } catch {
    return body;
  }
}
