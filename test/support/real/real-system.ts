import { type ChildProcess, spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Thrown when a real system cannot be had on this machine; `reason` is said to whoever runs the tests. */
export class RealSystemUnavailable extends Error {
  readonly reason: string;

  constructor(system: string, reason: string) {
    super(`${system} is left out: ${reason}`);
    this.name = 'RealSystemUnavailable';
    this.reason = reason;
  }
}

/** Where one needle still lies in the storage of a system, by name of table or file. */
export interface StorageHit {
  readonly needle: string;
  readonly where: string;
}

/** A real system that runs on the loopback until `stop`. */
export interface RealSystem {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Looks for texts in what the system has stored, not through its API; case does not matter. */
  rawStorageSearch(needles: readonly string[]): Promise<readonly StorageHit[]>;
  stop(): Promise<void>;
}

/** The started system, or nothing where it cannot be installed: the output then says why. CI leaves out none. */
export async function orLeftOut<System>(start: Promise<System>): Promise<readonly System[]> {
  try {
    return [await start];
  } catch (cause) {
    if (!(cause instanceof RealSystemUnavailable) || process.env['CI'] !== undefined) throw cause;
    process.stderr.write(`${cause.message}\n`);
    return [];
  }
}

/** Programs that the tests install once for the user, shared by clones. */
export const realCacheDir = (): string => join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ficha', 'real');

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Runs a program to its end and gives what it wrote; throws with the end of its error output when it fails. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 120_000,
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => out.push(part));
    child.stderr.on('data', (part: Buffer) => err.push(part));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString('utf8'));
      else
        reject(new Error(`${command} ${args[0] ?? ''} ended with ${code}: ${Buffer.concat(err).toString('utf8').slice(-2000)}`));
    });
  });
}

/** Asks `url` until it answers below 500, or throws after `timeoutMs` or when the server's process has ended. */
export async function untilAnswers(url: string, server: ChildProcess, headers: Record<string, string>, timeoutMs = 60_000) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (server.exitCode !== null) throw new Error(`the server of ${url} ended with ${server.exitCode}`);
    const status = await fetch(url, { headers, signal: AbortSignal.timeout(5000) }).then(
      (answer) => answer.status,
      () => undefined,
    );
    if (status !== undefined && status < 500) return;
    if (Date.now() > deadline) throw new Error(`${url} did not answer within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Ends a server that was started as the leader of its own process group, with all its children. */
export async function stopGroup(leader: ChildProcess, graceMs = 5000): Promise<void> {
  const { pid } = leader;
  if (pid === undefined || leader.exitCode !== null || leader.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => {
    leader.once('exit', () => resolve());
  });
  process.kill(-pid, 'SIGTERM');
  const late = setTimeout(() => process.kill(-pid, 'SIGKILL'), graceMs);
  await ended;
  clearTimeout(late);
}

/** Finds needles in an SQL dump and names the table of each hit once. */
export function searchDump(dump: string, needles: readonly string[]): StorageHit[] {
  const hits = new Map<string, StorageHit>();
  for (const statement of dump.split(/^(?=INSERT INTO )/m)) {
    const table = /^INSERT INTO "?(\w+)"?/.exec(statement)?.[1];
    if (table === undefined) continue;
    const text = statement.toLowerCase();
    for (const needle of needles) {
      if (text.includes(needle.toLowerCase())) hits.set(`${table} ${needle}`, { needle, where: `table ${table}` });
    }
  }
  return [...hits.values()];
}
