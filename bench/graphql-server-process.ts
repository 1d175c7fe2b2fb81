import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import type { ReadDatabase } from './read-database.ts';

/** Connections to a server at once. */
export const connections = 16;

/** One server of a comparison, and a way to ask it. */
export interface Running {
  readonly pool: Pool;
  readonly pid: number;
  stop(): void;
}

/** Starts one of bench/graphql-servers.ts in a process of its own. @param statement what the plain server sends, JSON */
export async function startServer(kind: string, database: ReadDatabase, statement = '{}'): Promise<Running> {
  const file = fileURLToPath(new URL('graphql-servers.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', file, kind], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      BENCH_READER: database.readerUrl,
      BENCH_ACCESSOR: database.accessorUrl,
      BENCH_STATEMENT: statement,
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (text: Buffer) => resolve(Number(String(text).trim())));
    child.once('exit', () => reject(new Error(`bench-server-ended: ${kind} did not start`)));
  });
  return {
    pid: child.pid ?? 0,
    pool: new Pool(`http://127.0.0.1:${port}`, { connections, pipelining: 1 }),
    stop: () => child.kill(),
  };
}
