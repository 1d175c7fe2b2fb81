import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { livingProcessOf, processIdentity } from './process-identity.ts';

export interface ServerProcessOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** Path without ending: `.log` gets what the server says, `.pid` which process it is. */
  readonly records: string;
  /** How the server is asked to end. */
  readonly endSignal: NodeJS.Signals;
  /** Runs as this user. */
  readonly as?: { readonly uid: number; readonly gid: number };
}

export interface ServerProcess {
  /** False once the process has ended, or never began. */
  running(): boolean;
  /** The last lines that the server wrote. */
  lastWords(): string;
  stop(): Promise<void>;
}

const graceMs = 20_000;
const pollMs = 50;

/**
 * Runs a server as a process group of its own, so that Ctrl-C at the terminal reaches Ficha alone, which then stops its servers in
 * order. One that was left behind by a Ficha that was killed is ended first.
 */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const pidFile = `${options.records}.pid`;
  const logFile = `${options.records}.log`;
  await endLeftOver(pidFile, options.endSignal);
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn(options.program, options.args, { detached: true, stdio: ['ignore', log, log], ...options.as });
  closeSync(log);
  let failure = '';
  child.once('error', (error) => {
    failure = error.message;
  });
  if (child.pid !== undefined) writeFileSync(pidFile, processIdentity(child.pid) ?? '', { mode: 0o600 });
  const alongWithUs = (): void => void child.kill(options.endSignal);
  process.once('exit', alongWithUs);
  return {
    running: () => failure === '' && child.exitCode === null && child.signalCode === null,
    lastWords: () => [failure, existsSync(logFile) ? readFileSync(logFile, 'utf8').slice(-1_500) : ''].join(' ').trim(),
    stop: async () => {
      process.off('exit', alongWithUs);
      await endChild(child, options.endSignal);
      rmSync(pidFile, { force: true });
    },
  };
}

async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(timer);
}

async function endLeftOver(pidFile: string, signal: NodeJS.Signals): Promise<void> {
  const pid = livingProcessOf(pidFile);
  if (pid === undefined) return;
  process.kill(pid, signal);
  const end = Date.now() + graceMs;
  while (livingProcessOf(pidFile) !== undefined) {
    if (Date.now() > end) process.kill(pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
