import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FichaError } from '../domain/record/error.ts';
import { takeLock } from './process-lock.ts';
import { buildTemporal } from './temporal-build.ts';
import { downloadTemporal } from './temporal-download.ts';

/** The release of the Temporal CLI, server 1.29 inside, that is fetched or built. */
export const temporalVersion = 'v1.5.1';

export interface TemporalSearch {
  readonly say: (line: string) => void;
  /** Where programs are kept for this user, shared by clones. */
  readonly cache?: string;
  /** PATH and the rest, for what is run. */
  readonly env?: NodeJS.ProcessEnv;
  /** Where the ready-made server is. */
  readonly archiveUrl?: string;
}

const waitMs = 1_000;
const toldEveryMs = 10_000;

/** Programs that are built or fetched once for the user, shared by clones. */
export const userCache = (): string => join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ficha');

const answers = (program: string, env: NodeJS.ProcessEnv): boolean =>
  spawnSync(program, ['--version'], { timeout: 20_000, stdio: 'ignore', env }).status === 0;

/**
 * The `temporal` program: the one on PATH, the one of the user's cache, the ready-made one that the Temporal SDK would fetch too, or
 * one built with Go. Two processes that look at once fetch or build it once.
 * @throws FichaError `temporal-not-found` with what was tried and the way out
 */
export async function findTemporal(search: TemporalSearch): Promise<string> {
  const { say, cache = userCache(), env = process.env } = search;
  if (answers('temporal', env)) return 'temporal';
  const folder = join(cache, `temporal-${temporalVersion}`);
  const program = join(folder, process.platform === 'win32' ? 'temporal.exe' : 'temporal');
  const kept = (): boolean => existsSync(program) && answers(program, env);
  if (kept()) return program;
  mkdirSync(folder, { recursive: true });
  const release = await turnFor(join(folder, 'making.lock'), say);
  try {
    if (kept()) return program;
    const order = { folder, program, version: temporalVersion, say, env };
    const problems: string[] = [];
    for (const make of [downloadTemporal, buildTemporal]) {
      const problem = await make({ ...order, ...(search.archiveUrl === undefined ? {} : { archiveUrl: search.archiveUrl }) });
      if (problem === undefined && answers(program, env)) return program;
      problems.push(problem ?? 'what was made does not run here');
    }
    throw new FichaError(
      'temporal-not-found',
      `no Temporal server: there is none on PATH; ${problems.join('; ')}. ` +
        'Install Go 1.25 or newer, or the Temporal CLI, or set TEMPORAL_ADDRESS to a server of yours',
    );
  } finally {
    release();
  }
}

/** Waits while another process makes the program. */
async function turnFor(file: string, say: TemporalSearch['say']): Promise<() => void> {
  for (let waited = 0; ; waited += waitMs) {
    const lock = takeLock(file);
    if (lock.held) return lock.release;
    if (waited % toldEveryMs === 0) say(`Temporal: process ${lock.by} is getting the server, waiting for it`);
    await delay(waitMs);
  }
}
