import { spawn } from 'node:child_process';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../../runtime/free-port.ts';
import { ensureDebianPackages } from './debian.ts';
import { run, stopGroup } from './real-system.ts';

/** A real MariaDB on the loopback until `stop`. */
export interface RealMariadb {
  readonly port: number;
  /** Runs statements as its administrator, in one database or in none. */
  sql(statements: string, database?: string): Promise<string>;
  stop(): Promise<void>;
}

/** Installs MariaDB where it is missing and starts it on an empty folder. @throws RealSystemUnavailable with the way out */
export async function startMariadb({
  dir,
  options = [],
}: {
  readonly dir: string;
  readonly options?: readonly string[];
}): Promise<RealMariadb> {
  await ensureDebianPackages('MariaDB', ['mariadb-server', 'mariadb-client']);
  const data = join(dir, 'data');
  await mkdir(data, { recursive: true });
  await chmod(dir, 0o777); // as root the server runs as another user, who must be able to enter
  const user = process.getuid?.() === 0 ? ['--user=mysql'] : [];
  if (user.length > 0) await run('chown', ['mysql', data]);
  await run('mariadb-install-db', [
    '--no-defaults',
    ...user,
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ]);
  const socket = join(dir, 'mariadb.sock');
  const port = await freePort(0, '127.0.0.1');
  const server = spawn(
    'mariadbd',
    [
      '--no-defaults',
      ...user,
      `--datadir=${data}`,
      `--socket=${socket}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      '--innodb-flush-log-at-trx-commit=0',
      '--skip-name-resolve',
      ...options,
    ],
    { stdio: 'ignore', detached: true },
  );
  const client = ['--no-defaults', '-uroot', `--socket=${socket}`];
  for (const end = Date.now() + 60_000; ; ) {
    const up = await run('mariadb-admin', [...client, 'ping']).then(
      () => true,
      () => false,
    );
    if (up) break;
    if (server.exitCode !== null || Date.now() > end) throw new Error('MariaDB did not start');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    port,
    sql: (statements, database) =>
      run('mariadb', [...client, '--batch', ...(database === undefined ? [] : [database]), '-e', statements]),
    stop: () => stopGroup(server, 10_000),
  };
}
