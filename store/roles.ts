import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import pg from 'pg';
import { FichaError } from '../domain/record/error.ts';
import type { KeyRing } from '../platform/keys.ts';
import { ownConnection } from './database.ts';
import { translated } from './database-error.ts';

/** Who signs in to PostgreSQL: the worker reads and writes, the reader only selects, the accessor only inserts into access_log. */
export type Role = 'ficha_worker' | 'ficha_reader' | 'ficha_accessor';

const settingsOf: Readonly<Record<Role, readonly string[]>> = {
  ficha_worker: [],
  ficha_reader: ["default_transaction_read_only = 'on'", "statement_timeout = '10s'"],
  ficha_accessor: ["statement_timeout = '10s'"],
};

const roles = Object.keys(settingsOf) as readonly Role[];

/** The URL by which `role` signs in to the owner's database. It holds the password: never print it. */
export function roleUrl(ownerUrl: string, role: Role, keys: KeyRing): string {
  const url = new URL(ownerUrl);
  const password = keys.derivePassword(role);
  if (url.hostname === '') {
    // a Unix socket: the address has no place for a user before a host
    url.searchParams.set('user', role);
    url.searchParams.set('password', password);
  } else {
    url.username = role;
    url.password = password;
  }
  return url.href;
}

/** The verifier that PostgreSQL stores (RFC 5803), so that no password is ever part of a statement. */
const scramVerifier = (password: string): string => {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, 4096, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$4096:${salt.toString('base64')}$${storedKey}:${serverKey}`;
};

/** Whether the role signs in with its derived password already. */
const signsIn = async (url: string): Promise<boolean> => {
  const client = ownConnection(url, { connectTimeoutMs: 5000 });
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code?.startsWith('28')) return false;
    throw translated(error);
  } finally {
    await client.end().catch(() => undefined);
  }
};

const ensureRole = async (owner: pg.Client, role: Role, ownerUrl: string, keys: KeyRing): Promise<void> => {
  const { rowCount } = await owner.query('select from pg_roles where rolname = $1', [role]);
  if (rowCount === 0) {
    await owner.query(`create role ${role} login password '${scramVerifier(keys.derivePassword(role))}'`);
  } else if (!(await signsIn(roleUrl(ownerUrl, role, keys)))) {
    await owner.query(`alter role ${role} login password '${scramVerifier(keys.derivePassword(role))}'`);
  }
  for (const setting of settingsOf[role]) {
    await owner.query(`do $$ begin
      if not exists (select from pg_roles where rolname = '${role}' and '${setting.replaceAll(/[ ']/g, '')}' = any (rolconfig)) then
        alter role ${role} set ${setting};
      end if;
    end $$`);
  }
};

const notAllowed = (user: string): FichaError =>
  new FichaError(
    'roles-not-allowed',
    `the database user ${user} may not make the roles ${roles.join(', ')}. Run as a superuser: alter role "${user}" createrole; ` +
      `and where the roles exist already: grant ${roles.join(', ')} to "${user}" with admin option`,
  );

/**
 * Makes the login roles and the schema, or leaves them as they are. The owner needs CREATEROLE and CREATE on its database, no more.
 * @throws FichaError `roles-not-allowed` with the statement that helps
 */
export async function ensureRoles(ownerUrl: string, keys: KeyRing): Promise<void> {
  const owner = ownConnection(ownerUrl);
  try {
    await owner.connect();
    await owner.query(`select pg_advisory_lock(hashtext('ficha-roles'))`);
    const user = new URL(ownerUrl).username;
    for (const role of roles) {
      await ensureRole(owner, role, ownerUrl, keys).catch((error: unknown) => {
        throw error instanceof pg.DatabaseError && error.code === '42501' ? notAllowed(user) : error;
      });
    }
    await owner.query('create schema if not exists ficha');
  } catch (error) {
    throw translated(error);
  } finally {
    await owner.end().catch(() => undefined);
  }
}
