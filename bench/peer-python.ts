import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ficha-bench');

export interface PythonPeer {
  /** Its package on PyPI. */
  readonly name: string;
  readonly version: string;
  /** More packages that it needs. */
  readonly beside?: readonly string[];
  /** Modules that must load. */
  readonly modules: readonly string[];
}

/** Python with the peer in the user's cache, installed from PyPI once; undefined where that cannot be. */
export function peerPython({ name, version, beside = [], modules }: PythonPeer, say: (line: string) => void): string | undefined {
  const venv = join(cache, `${name}-${version}`);
  const python = join(venv, 'bin', 'python');
  const works = () => spawnSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' }).status === 0;
  if (existsSync(python) && works()) return python;
  say(`installing ${name} ${version} from PyPI into ${venv}`);
  mkdirSync(cache, { recursive: true });
  spawnSync('python3', ['-m', 'venv', venv], { stdio: 'ignore' });
  spawnSync(python, ['-m', 'pip', 'install', '--quiet', `${name}==${version}`, ...beside], { stdio: 'inherit' });
  return existsSync(python) && works() ? python : undefined;
}
