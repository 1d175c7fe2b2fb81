import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What one pull cost. */
export interface Pulled {
  readonly records: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

const program = fileURLToPath(new URL('pull-process.ts', import.meta.url));

/**
 * One worker's pull in a process of its own.
 * @param target a file for NDJSON, or the URL of a database that has the linked system `bench`
 */
export async function pullInProcess(vendorUrl: string, pageSize: number, target: string, runId = ''): Promise<Pulled> {
  const args = ['--import', 'tsx', program, vendorUrl, String(pageSize), target, runId];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 20 });
  return JSON.parse(stdout) as Pulled; // its one line
}
