import { spawnSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface MakingOrder {
  /** Where parts may lie until the program is whole. */
  readonly folder: string;
  /** Where the program goes. */
  readonly program: string;
  readonly version: string;
  readonly say: (line: string) => void;
  readonly env: NodeJS.ProcessEnv;
  readonly archiveUrl?: string;
}

const answerMs = 10_000;
const bodyMs = 300_000;

/**
 * Fetches the ready-made server from where the Temporal SDK fetches it. A machine that cannot reach that host says so within seconds.
 * @returns what stood in the way, undefined when the program is in place
 */
export async function downloadTemporal(order: MakingOrder): Promise<string | undefined> {
  order.say('Temporal: asking for the ready-made server');
  const part = mkdtempSync(join(order.folder, 'part-'));
  try {
    const archive = await fetched(order.archiveUrl ?? archiveOf(order.version));
    if (typeof archive === 'string') {
      order.say(`Temporal: the ready-made server is out of reach here (${archive})`);
      return `the ready-made one is out of reach (${archive})`;
    }
    const { status } = spawnSync('tar', ['-xz', '-C', part], { input: archive, env: order.env });
    if (status !== 0) return 'the ready-made one came in an archive that does not open';
    renameSync(join(part, process.platform === 'win32' ? 'temporal.exe' : 'temporal'), order.program);
    return undefined;
  } catch (error) {
    return `the ready-made one could not be put in place (${error instanceof Error ? error.message : 'unknown'})`;
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

function archiveOf(version: string): string {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  return `https://temporal.download/cli/archive/${version}?platform=${platform}&arch=${architecture}`;
}

/** The archive, or why there is none. The first answer must come soon; the rest may take a slow line's time. */
async function fetched(url: string): Promise<Buffer | string> {
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(), answerMs);
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok) return `HTTP ${response.status}`;
    clearTimeout(timer);
    timer = setTimeout(() => abort.abort(), bodyMs);
    return Buffer.from(await response.arrayBuffer());
  } catch {
    return abort.signal.aborted ? 'no answer in time' : 'no connection';
  } finally {
    clearTimeout(timer);
  }
}
