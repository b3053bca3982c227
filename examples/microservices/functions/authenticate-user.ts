// Tells who holds this token. A real service would ask the identity provider; this one knows two people.
import { NotAuthenticated, type User } from './services.ts';

const USERS: Record<string, User> = {
  'token-ada': { userId: 'ada', card: '4242' },
  'token-bob': { userId: 'bob', card: '0002' },
};

export async function handler({ token = '' }: { token?: string }): Promise<User> {
  const user = Object.hasOwn(USERS, token) ? USERS[token] : undefined;
  if (user === undefined) throw new NotAuthenticated('Nobody holds this token.');
  return user;
}
