import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Role, roles } from '../domain/access/role.ts';
import type { KeyRing } from '../platform/keys.ts';
import { createTokenIssuer } from '../platform/token.ts';

const tokenSeconds = 12 * 60 * 60;

/** A token of one sample user. For development only. */
export const sampleToken = (keys: KeyRing, role: Role): Promise<string> =>
  createTokenIssuer(keys)({ subject: `sample-${role}`, roles: [role] }, tokenSeconds);

/** Tokens of the sample users, one a role, kept in `home` where the CLI finds them. For development only. */
export async function issueSampleTokens(home: string, keys: KeyRing): Promise<Record<Role, string>> {
  mkdirSync(join(home, 'tokens'), { recursive: true, mode: 0o700 });
  const pairs: [Role, string][] = [];
  for (const role of roles) {
    const token = await sampleToken(keys, role);
    writeFileSync(join(home, 'tokens', role), `${token}\n`, { mode: 0o600 });
    pairs.push([role, token]);
  }
  return Object.fromEntries(pairs) as Record<Role, string>; // one pair a role, made in the loop
}
