// Task tokens: the sealed name of a wait (D11). Stateless: whoever holds one can answer that one wait and nothing else,
// a forged or mutilated one opens to nothing, and keys stay valid when a new one is made.
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import type { World } from './world.ts';

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

const known = new WeakMap<World, Map<string, Key>>();

/** The key that seals new tokens; made when the first token is. */
export async function currentKey(world: World): Promise<Key> {
  const keys = known.get(world) ?? new Map<string, Key>();
  known.set(world, keys);
  const cached = keys.get('current');
  if (cached !== undefined) return cached;
  const item = (await world.table.get(CURRENT)) ?? (await makeKey(world));
  const key = { id: String(item.id), bytes: item.bytes as Uint8Array };
  keys.set('current', key);
  return key;
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

/** What a token names; undefined for anything that was not sealed here. */
export async function unseal(world: World, token: string): Promise<TokenName | undefined> {
  const bytes = Buffer.from(token, 'base64url');
  const head = ID_BYTES + NONCE_BYTES + TAG_BYTES;
  const key = await currentKey(world);
  if (bytes.length <= head || bytes.subarray(0, ID_BYTES).toString('hex') !== key.id) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key.bytes, bytes.subarray(ID_BYTES, ID_BYTES + NONCE_BYTES));
  decipher.setAuthTag(bytes.subarray(ID_BYTES + NONCE_BYTES, head));
  try {
    const plain = Buffer.concat([decipher.update(bytes.subarray(head)), decipher.final()]).toString();
    const [executionArn, run, wait] = JSON.parse(plain) as [string, string, string];
    return { executionArn, run, wait };
  } catch {
    return undefined;
  }
}

function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
