import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a program to its end; what it said when it failed. @returns its standard output */
export function run(program: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
  });
  if (status !== 0)
    throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${error?.message ?? ''}${stderr}${stdout}`);
  return stdout;
}

/** Packs Ficha as it would be published. @returns path of the tarball in `folder` */
export function pack(folder: string): string {
  run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder, '--loglevel=error'], root);
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm pack wrote no tarball');
  return join(folder, tarball);
}

/** What package-lock.json says of each package. */
interface Locked {
  readonly dev?: boolean;
}

/** Names of the packages that a user gets with Ficha: those that only its developers need are left out. */
function packagesOfUsers(): readonly string[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  return Object.entries(packages)
    .filter(([path, { dev }]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && dev !== true)
    .map(([path]) => path.slice('node_modules/'.length));
}

/**
 * Unpacks the tarball as npm would, beside links to the packages that a user gets: no network, and nothing that only developers have.
 * @returns folder of the unpacked package
 */
export function unpack(tarball: string, folder: string): string {
  const into = join(folder, 'node_modules', 'ficha');
  mkdirSync(into, { recursive: true });
  run('tar', ['-xzf', tarball, '-C', into, '--strip-components=1'], folder);
  for (const name of packagesOfUsers()) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), link);
  }
  return into;
}
