import { existsSync } from 'node:fs';
import { RealSystemUnavailable, run } from './real-system.ts';

const installed = async (packages: readonly string[]): Promise<boolean> =>
  run('dpkg-query', ['-W', '-f', '${Status}\n', ...packages]).then(
    (text) => text.split('\n').filter((line) => line === 'install ok installed').length === packages.length,
    () => false,
  );

/**
 * Installs Debian packages where they are missing and this is root on Debian; starts no service. Takes a minute or two, once.
 * @param system what needs them, for the message
 * @throws RealSystemUnavailable with the way out
 */
export async function ensureDebianPackages(system: string, packages: readonly string[]): Promise<void> {
  if (await installed(packages)) return;
  if (!existsSync('/usr/bin/apt-get')) throw new RealSystemUnavailable(system, 'it is installed with apt-get, which is not here');
  if (process.getuid?.() !== 0) {
    throw new RealSystemUnavailable(system, `installing needs root; as root: apt-get install ${packages.join(' ')}`);
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const wait = ['-o', 'DPkg::Lock::Timeout=600', '-o', 'Acquire::Retries=3'];
  try {
    await run('apt-get', [...wait, 'update'], { env, timeoutMs: 300_000 });
    await run('apt-get', [...wait, 'install', '-y', '--no-install-recommends', ...packages], { env, timeoutMs: 900_000 });
  } catch (cause) {
    if (await installed(packages)) return; // another test process was faster
    throw new RealSystemUnavailable(system, `its Debian packages could not be installed (${String(cause).slice(0, 300)})`);
  }
}
