import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FichaError } from '../domain/record/error.ts';
import { type KeyRing, openKeyRing } from '../platform/keys.ts';
import { loadSettings, type Settings } from '../platform/settings.ts';
import { dump } from '../store/backup/dump.ts';
import { load, type Restored } from '../store/backup/load.ts';
import { migrate } from '../store/migrate.ts';
import { ensureRoles } from '../store/roles.ts';
import { readBackup, writeBackup } from './backup-file.ts';
import { lockHome } from './home-lock.ts';
import { databaseOwner } from './servers.ts';

type Say = (line: string) => void;

/** Runs with the database alone: yours by DATABASE_URL, or the embedded one, started for the time of the work. */
export async function withDatabase<T>(
  say: Say,
  work: (ownerUrl: string, keys: KeyRing, settings: Settings) => Promise<T>,
): Promise<T> {
  const settings = loadSettings(process.env);
  const keys = openKeyRing(settings.keys);
  const embedded = settings.databaseUrl === undefined;
  const unlock = embedded ? lockHome(settings.home) : () => undefined;
  const postgres = await databaseOwner(settings, say);
  try {
    await ensureRoles(postgres.ownerUrl, keys);
    await migrate(postgres.ownerUrl);
    return await work(postgres.ownerUrl, keys, settings);
  } finally {
    await postgres.stop();
    unlock();
  }
}

/**
 * Writes an encrypted backup of the database; with `ledger` only what says who was erased: small, and to be taken often.
 * @returns bytes written
 */
export const backup = (path: string, scope: 'all' | 'ledger', say: Say): Promise<number> =>
  withDatabase(say, async (ownerUrl, keys) => await writeBackup(path, keys, dump(ownerUrl, scope, new Date())));

/** What a backup holds. */
export interface Held {
  readonly madeAt: string;
  readonly rows: number;
}

/**
 * Opens a backup from its first to its last line and writes nothing: whether it is whole, and opens with this master key.
 * @throws FichaError `backup-cut`, `key-unknown`, `file-unreadable`
 */
export async function checkBackup(path: string): Promise<Held> {
  const keys = openKeyRing(loadSettings(process.env).keys);
  let [rows, madeAt, ended] = [0, '', false];
  for await (const line of readBackup(path, keys)) {
    if (line.kind === 'head') madeAt = line.at;
    if (line.kind === 'rows') rows += line.rows.length;
    if (line.kind === 'end') ended = line.rows === rows;
  }
  if (!ended) throw new FichaError('backup-cut', `${path} ends before its end: the file was cut`);
  return { madeAt, rows };
}

/**
 * Puts a backup in place of the database. What was erased since it was made is erased again before anybody can read it: from what the
 * database itself says, kept aside first, and from ledgers that are given.
 * @throws FichaError `backup-cut`, `backup-of-another-version`, `key-unknown`
 */
export const restore = (path: string, ledgers: readonly string[], say: Say): Promise<Restored & { readonly keptAside: string }> =>
  withDatabase(say, async (ownerUrl, keys, { home }) => {
    for (const file of [path, ...ledgers]) if (!existsSync(file)) throw new FichaError('file-unreadable', `${file} is not there`);
    const keptAside = join(home, `before-restore-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.ledger`);
    mkdirSync(home, { recursive: true }); // a new machine has none yet
    say('Keeping aside who was erased');
    await writeBackup(keptAside, keys, dump(ownerUrl, 'ledger', new Date()));
    say('Restoring, and erasing again');
    const restored = await load(
      ownerUrl,
      keys,
      readBackup(path, keys),
      [keptAside, ...ledgers].map((file) => readBackup(file, keys)),
    );
    return { ...restored, keptAside };
  });
