import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { FichaError } from '../domain/record/error.ts';
import { freePort, isFree } from './free-port.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { findTemporal } from './temporal-program.ts';

export interface TemporalServer {
  readonly address: string;
  stop(): Promise<void>;
}

export interface TemporalServerOptions {
  readonly say: (line: string) => void;
  /** Folder for the log and the record of the process. */
  readonly folder: string;
  /** Keeps the workflows over a restart; in memory when left out. */
  readonly databaseFile?: string;
  readonly port?: number;
  /** `default` when left out. */
  readonly namespace?: string;
}

const startMs = 60_000;
const pollMs = 100;

/** Waits until the server knows the namespace, which is the last thing it makes. */
async function answers(address: string, namespace: string, server: ServerProcess): Promise<boolean> {
  const end = Date.now() + startMs;
  while (server.running() && Date.now() < end) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: 2_000 });
      try {
        await connection.workflowService.describeNamespace({ namespace });
        return true;
      } finally {
        await connection.close();
      }
    } catch {
      await delay(pollMs); // not yet: what it says when it never comes up is in its log
    }
  }
  return false;
}

function startArguments(port: number, namespace: string, databaseFile: string | undefined): readonly string[] {
  const server = ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port), '--namespace', namespace];
  const database = databaseFile === undefined ? [] : ['--db-filename', databaseFile];
  return [...server, '--log-level', 'error', ...database];
}

/**
 * Starts a Temporal server on the loopback and waits until it answers.
 * @throws FichaError `temporal-not-found`, `temporal-not-started`
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const { say, folder, databaseFile, namespace = 'default' } = options;
  const program = await findTemporal({ say });
  const port = options.port ?? (await freePort());
  if (!(await isFree(port))) throw notStarted(port, 'another program has that port');
  const server = await startServerProcess({
    program,
    args: startArguments(port, namespace, databaseFile),
    records: `${folder}/temporal`,
    endSignal: 'SIGTERM',
  });
  const address = `127.0.0.1:${port}`;
  if (await answers(address, namespace, server)) return { address, stop: () => server.stop() };
  await server.stop();
  throw notStarted(port, server.lastWords() || 'it said nothing');
}

const notStarted = (port: number, why: string): FichaError =>
  new FichaError('temporal-not-started', `the Temporal server did not start on port ${port}: ${why}`);
