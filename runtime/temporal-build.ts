import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { MakingOrder } from './temporal-download.ts';

const goPackage = 'github.com/temporalio/cli/cmd/temporal';
const toldEveryMs = 5_000;

/**
 * Builds the server with Go in a folder of its own and moves it in place whole, saying every few seconds that it goes on.
 * @returns what stood in the way, undefined when the program is in place
 */
export async function buildTemporal({ folder, program, version, say, env }: MakingOrder): Promise<string | undefined> {
  if (spawnSync('go', ['version'], { stdio: 'ignore', env }).status !== 0) {
    say('Temporal: Go is not installed, so the server cannot be built here');
    return 'Go, which would build it, is not installed';
  }
  const part = mkdtempSync(join(folder, 'part-'));
  const start = Date.now();
  const seconds = (): number => Math.round((Date.now() - start) / 1000);
  say('Temporal: building the server with Go, once for this user (about 3 minutes on 2 cores)');
  const timer = setInterval(() => say(`Temporal: still building, ${seconds()} s`), toldEveryMs);
  try {
    const said = await install(`${goPackage}@${version}`, part, env);
    if (said !== undefined) return `Go could not build it (${said})`;
    renameSync(join(part, process.platform === 'win32' ? 'temporal.exe' : 'temporal'), program);
    say(`Temporal: built in ${seconds()} s`);
    return undefined;
  } catch (error) {
    return `what Go built could not be put in place (${error instanceof Error ? error.message : 'unknown'})`;
  } finally {
    clearInterval(timer);
    rmSync(part, { recursive: true, force: true });
  }
}

/** Runs `go install` into `folder`; the last line it said when it failed. */
async function install(goPackageAtVersion: string, folder: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return await new Promise((resolve) => {
    let said = '';
    const child = spawn('go', ['install', goPackageAtVersion], {
      cwd: folder,
      env: { ...env, GOBIN: folder, GOFLAGS: '-mod=mod' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-2_000);
    });
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code) => resolve(code === 0 ? undefined : (said.trim().split('\n').at(-1) ?? `exit ${code}`)));
  });
}
