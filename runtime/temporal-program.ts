import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { FichaError } from '../domain/record/error.ts';

const version = 'v1.5.1';
const goPackage = `github.com/temporalio/cli/cmd/temporal@${version}`;
const progressMs = 10_000;

/** Programs that are built or fetched once for the user, shared by clones. */
export const userCache = (): string => join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ficha');

type Say = (line: string) => void;

const answers = (program: string): boolean =>
  spawnSync(program, ['--version'], { timeout: 20_000, stdio: 'ignore' }).status === 0;

/**
 * The `temporal` program: the one on PATH, the one of the user's cache, the SDK's own download, or one built with Go.
 * @throws FichaError `temporal-not-found` with every way that was tried
 */
export async function findTemporal(say: Say): Promise<string> {
  if (answers('temporal')) return 'temporal';
  const folder = join(userCache(), `temporal-${version}`);
  const cached = join(folder, process.platform === 'win32' ? 'temporal.exe' : 'temporal');
  if (existsSync(cached) && answers(cached)) return cached;
  mkdirSync(folder, { recursive: true });
  if (await downloaded(folder, cached, say)) return cached;
  if (await built(folder, cached, say)) return cached;
  throw new FichaError(
    'temporal-not-found',
    'no Temporal server: there is none on PATH, the download is out of reach, and Go is missing or could not build it. ' +
      'Install Go 1.23 or newer, or the Temporal CLI, or set TEMPORAL_ADDRESS to a server of yours',
  );
}

/** The SDK knows where its development server is; a machine that cannot reach it says so within seconds. */
async function downloaded(folder: string, target: string, say: Say): Promise<boolean> {
  say('Temporal: asking for the ready-made server');
  const part = mkdtempSync(join(folder, 'part-'));
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const url = `https://temporal.download/cli/archive/${version}?platform=${platform}&arch=${architecture}`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(15_000) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const unpack = spawnSync('tar', ['-xz', '-C', part], { input: Buffer.from(await response.arrayBuffer()) });
    const program = join(part, 'temporal');
    if (unpack.status !== 0 || !answers(program)) throw new Error('the archive does not hold a program that runs');
    renameSync(program, target);
    return true;
  } catch {
    say('Temporal: the ready-made server is out of reach here');
    return false;
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

/** Builds the server with Go into a folder of its own and moves it in place whole, so that two builds do not meet. */
async function built(folder: string, target: string, say: Say): Promise<boolean> {
  if (spawnSync('go', ['version'], { stdio: 'ignore' }).status !== 0) {
    say('Temporal: Go is not installed, so it cannot be built here');
    return false;
  }
  const part = mkdtempSync(join(folder, 'part-'));
  const start = Date.now();
  say('Temporal: building the server with Go, once for this user (about 3 minutes on 2 cores)');
  const timer = setInterval(() => say(`Temporal: still building, ${Math.round((Date.now() - start) / 1000)} s`), progressMs);
  try {
    const code = await new Promise<number | null>((resolve) => {
      const child = spawn('go', ['install', goPackage], {
        cwd: part,
        env: { ...process.env, GOBIN: part, GOFLAGS: '-mod=mod' },
        stdio: 'ignore',
      });
      child.once('error', () => resolve(null));
      child.once('exit', resolve);
    });
    const program = join(part, 'temporal');
    if (code !== 0 || !answers(program)) return false;
    chmodSync(program, 0o755);
    renameSync(program, target);
    say(`Temporal: built in ${Math.round((Date.now() - start) / 1000)} s`);
    return true;
  } finally {
    clearInterval(timer);
    rmSync(part, { recursive: true, force: true });
  }
}
