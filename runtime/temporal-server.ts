import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { FichaError } from '../domain/record/error.ts';
import { freePort } from './free-port.ts';
import { findTemporal } from './temporal-program.ts';

export interface TemporalServer {
  readonly address: string;
  stop(): Promise<void>;
}

export interface TemporalServerOptions {
  readonly say: (line: string) => void;
  /** Keeps the workflows over a restart; in memory when left out. */
  readonly databaseFile?: string;
  readonly port?: number;
}

const startMs = 60_000;
const graceMs = 8_000;

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** Ends a child: asked first, made after a while. */
export async function endProcess(child: ChildProcess, graceTimeMs = graceMs): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceTimeMs);
  await ended;
  clearTimeout(timer);
}

/**
 * Starts a Temporal server on the loopback and waits until it answers.
 * @throws FichaError `temporal-not-found`, `temporal-not-started`
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const program = await findTemporal(options.say);
  const port = options.port ?? (await freePort());
  const file = options.databaseFile === undefined ? [] : ['--db-filename', options.databaseFile];
  const args = [
    'server',
    'start-dev',
    '--headless',
    '--ip',
    '127.0.0.1',
    '--port',
    String(port),
    '--log-level',
    'error',
    ...file,
  ];
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.push(text.slice(0, 500));
    if (said.length > 10) said.shift();
  });
  let failure: unknown;
  child.once('error', (error) => {
    failure = error;
  });
  const end = Date.now() + startMs;
  while (!(await listens(port))) {
    if (failure !== undefined || child.exitCode !== null || Date.now() > end) {
      await endProcess(child);
      throw new FichaError(
        'temporal-not-started',
        `the Temporal server did not start on port ${port}: ${said.join(' ').trim() || 'no word from it'}`,
        {
          cause: failure,
        },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { address: `127.0.0.1:${port}`, stop: () => endProcess(child) };
}
