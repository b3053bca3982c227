// Paging: page sizes, and tokens that are opaque to the caller. A token holds where to go on and is sealed with a
// digest over what was asked for, so it is good for the same request only, and for 24 hours.
import { createHash } from 'node:crypto';
import type { World } from '../world.ts';
import { invalidToken } from './exceptions.ts';

const DEFAULT_PAGE = 100;
const VALID_MS = 24 * 60 * 60 * 1000;
const DIGEST_LENGTH = 22;

/** 0 and no number at all mean the default. */
export function pageSize(maxResults: number | undefined): number {
  return maxResults || DEFAULT_PAGE;
}

/** `request` names the action and everything that decides which items it lists, but not the page size. */
export function sealToken(world: World, request: string[], cursor: string): string {
  const content = JSON.stringify([world.clock.now(), cursor]);
  return Buffer.from(digest(request, content) + content).toString('base64url');
}

/** The cursor in a token. Throws InvalidToken for a token that this request was not given, or too long ago. */
export function openToken(world: World, request: string[], token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  const text = Buffer.from(token, 'base64url').toString();
  const content = text.slice(DIGEST_LENGTH);
  if (text.slice(0, DIGEST_LENGTH) !== digest(request, content)) throw invalidToken();
  const [sealedAt, cursor] = JSON.parse(content) as [number, string];
  if (world.clock.now() - sealedAt > VALID_MS) throw invalidToken();
  return cursor;
}

function digest(request: string[], content: string): string {
  const hash = createHash('sha256').update(JSON.stringify([request, content]));
  return hash.digest('base64url').slice(0, DIGEST_LENGTH);
}
