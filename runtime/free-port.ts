import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { takeLock } from './process-lock.ts';

const tryPort = (port: number, host: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });

const candidates = 100;
/** Locks on ports that this process was given; they go when it ends. */
const reserved = new Map<number, () => void>();
process.once('exit', () => {
  for (const release of reserved.values()) release();
});

/**
 * Keeps a port from other Fichas of this user that start at the same moment: between looking and listening a server needs a second, and
 * one that comes second would speak to the first one's database.
 */
function reserve(port: number): boolean {
  if (reserved.has(port)) return true;
  const folder = join(tmpdir(), `ficha-ports-${userInfo().uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = takeLock(join(folder, String(port)));
  if (lock.held) reserved.set(port, lock.release);
  return lock.held;
}

/** A port of the loopback that is free now: `wanted` or one of the next 99, kept for this process; any when left out. */
export async function freePort(wanted = 0, host = '127.0.0.1'): Promise<number> {
  for (let step = 0; step < (wanted === 0 ? 1 : candidates); step += 1) {
    const port = wanted === 0 || reserve(wanted + step) ? await tryPort(wanted === 0 ? 0 : wanted + step, host) : undefined;
    if (port !== undefined) return port;
  }
  throw new RangeError(`no free port between ${wanted} and ${wanted + candidates - 1}`);
}

/** Whether a port of the loopback is free now. */
export const isFree = async (port: number): Promise<boolean> => (await tryPort(port, '127.0.0.1')) !== undefined;
