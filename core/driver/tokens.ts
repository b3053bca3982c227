// Task tokens: the sealed name of a wait (D11). Stateless: whoever holds one can answer that one wait and nothing else,
// and a forged or mutilated one opens to nothing. One key seals them all; it is made once and stays.
import { createCipheriv, createDecipheriv, createHash, timingSafeEqual } from 'node:crypto';
import type { World } from '../world.ts';

export interface TokenName {
  executionArn: string;
  run: string;
  wait: string;
}

export interface Key {
  id: string;
  bytes: Uint8Array;
}

const KEYS = 'token-keys';
const CURRENT = { pk: KEYS, sk: 'current' };
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ID_BYTES = 16;
const HEAD_BYTES = ID_BYTES + NONCE_BYTES + TAG_BYTES;

const known = new WeakMap<World, Promise<Key>>();

/** The key that seals tokens; made when the first token is. */
export function currentKey(world: World): Promise<Key> {
  const cached = known.get(world);
  if (cached !== undefined) return cached;
  const key = readKey(world);
  known.set(world, key);
  key.catch(() => known.delete(world));
  return key;
}

async function readKey(world: World): Promise<Key> {
  const { id, bytes } = (await world.table.get(CURRENT)) ?? (await makeKey(world));
  return { id: String(id), bytes: bytes as Uint8Array };
}

/** Whoever comes first makes the key that all use. */
async function makeKey(world: World): Promise<Record<string, unknown>> {
  const bytes = digest(`${world.newId()}${world.newId()}${world.newId()}`);
  const fresh = { ...CURRENT, id: Buffer.from(digest(world.newId()).subarray(0, ID_BYTES)).toString('hex'), bytes };
  await world.table.put(fresh, { if: 'absent' });
  return (await world.table.get(CURRENT)) ?? fresh;
}

/** The token of a wait. The same wait always has the same token, so an unchanged step made again is unchanged. */
export function seal(key: Key, { executionArn, run, wait }: TokenName): string {
  const plain = JSON.stringify([executionArn, run, wait]);
  const nonce = digest(`${key.id} ${plain}`).subarray(0, NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.from(key.id, 'hex'), nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/**
 * What a token names; undefined for anything that was not sealed here. A text that is no token at all, one cut short,
 * one of another key and one with a bit changed all cost the same: one decryption, and no read.
 */
export async function unseal(world: World, token: string): Promise<TokenName | undefined> {
  const key = await currentKey(world);
  const bytes = Buffer.from(token, 'base64url');
  const whole = Buffer.concat([bytes, Buffer.alloc(Math.max(0, HEAD_BYTES - bytes.length))]);
  const isOurs = timingSafeEqual(whole.subarray(0, ID_BYTES), Buffer.from(key.id, 'hex'));
  const opened = open(key, whole);
  // Decoding forgives what encoding would never write.
  if (opened === undefined || !isOurs || bytes.toString('base64url') !== token) return undefined;
  const [executionArn, run, wait] = JSON.parse(opened) as [string, string, string];
  return { executionArn, run, wait };
}

/** Authenticated: undefined for what this key did not seal. */
function open({ bytes: key }: Key, sealed: Buffer): string | undefined {
  const nonce = sealed.subarray(ID_BYTES, ID_BYTES + NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(ID_BYTES + NONCE_BYTES, HEAD_BYTES));
  const plain = decipher.update(sealed.subarray(HEAD_BYTES));
  try {
    return Buffer.concat([plain, decipher.final()]).toString();
  } catch {
    return undefined;
  }
}

function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
