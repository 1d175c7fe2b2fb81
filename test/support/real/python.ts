import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RealSystemUnavailable, realCacheDir, run } from './real-system.ts';

const staleLockMs = 600_000;

/** Does `work` while no other process does it; a lock older than ten minutes belongs to a process that died. */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += 250) {
    const lock = await open(path, 'wx').catch(() => undefined);
    if (lock) {
      await lock.close();
      try {
        return await work();
      } finally {
        await rm(path, { force: true });
      }
    }
    if (waitedMs > staleLockMs) await rm(path, { force: true });
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/**
 * A folder that is made once for the user and shared by clones: `make` fills it, a half-made one is thrown away.
 * @param name names what is in it, versions included: another version is another folder
 */
export async function madeOnce(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(realCacheDir(), name);
  if (existsSync(join(folder, 'complete'))) return folder;
  await mkdir(realCacheDir(), { recursive: true });
  return withFileLock(`${folder}.lock`, async () => {
    if (existsSync(join(folder, 'complete'))) return folder;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await make(folder);
    await writeFile(join(folder, 'complete.making'), '');
    await rename(join(folder, 'complete.making'), join(folder, 'complete'));
    return folder;
  });
}

/**
 * A Python environment with exactly these packages (`name==version`, dependencies included), made once for the user.
 * @returns its folder; programs are in `bin`
 * @throws RealSystemUnavailable without Python 3, venv or package index
 */
export async function pythonEnvironment(system: string, packages: readonly string[]): Promise<string> {
  const digest = createHash('sha256').update(packages.join('\n')).digest('hex').slice(0, 8);
  return madeOnce(`${system}-venv-${digest}`, async (folder) => {
    try {
      await run('python3', ['-m', 'venv', folder]);
      const pip = ['install', '--quiet', '--disable-pip-version-check', '--no-deps', ...packages];
      await run(join(folder, 'bin/pip'), pip, { timeoutMs: staleLockMs });
    } catch (cause) {
      const reason = `Python 3 with venv and a package index are needed (${String(cause).slice(0, 300)})`;
      throw new RealSystemUnavailable(system, reason);
    }
  });
}
