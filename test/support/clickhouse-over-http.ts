import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './temporary-folder.ts';

/** ClickHouse's engine behind HTTP; see clickhouse-process.ts for what that is and is not. */
export interface ClickHouseOverHttp {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts it on an empty folder. */
export async function clickhouseOverHttp(): Promise<ClickHouseOverHttp> {
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), fileURLToPath(new URL('clickhouse-process.ts', import.meta.url))],
    { env: { ...process.env, CLICKHOUSE_FOLDER: temporaryFolder() }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.once('close', () => reject(new Error('the engine ended before it listened')));
  });
  return {
    url,
    stop: async () => {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
