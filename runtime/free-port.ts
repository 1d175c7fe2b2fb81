import { createServer } from 'node:net';

const tryPort = (port: number, host: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });

/** A port of the loopback that is free now: `wanted` or one of the next 20, any when left out. */
export async function freePort(wanted = 0, host = '127.0.0.1'): Promise<number> {
  const candidates = wanted === 0 ? [0] : Array.from({ length: 20 }, (_, step) => wanted + step);
  for (const candidate of candidates) {
    const port = await tryPort(candidate, host);
    if (port !== undefined) return port;
  }
  throw new RangeError(`no free port between ${wanted} and ${wanted + 19}`);
}

/** Whether a port of the loopback is free now. */
export const isFree = async (port: number): Promise<boolean> => (await tryPort(port, '127.0.0.1')) !== undefined;
