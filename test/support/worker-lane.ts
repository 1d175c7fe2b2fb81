import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';

/** Whom a worker serves for one run. */
export interface Serving {
  readonly database: string;
  /** Where the systems of the test answer. */
  readonly systems: string;
  /** Whether what the systems hold is blocked here for a time before it is erased there. */
  readonly blocks: boolean;
}

/** What every worker of a test file is started with. */
export interface LaneParts {
  readonly temporal: string;
  readonly bundle: string;
  readonly program: string;
}

/** How a worker dies. */
export type Death = 'killed' | 'out of memory';

/** A word of a worker, or its end. */
const word = (worker: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    worker.once('message', () => resolve());
    worker.once('exit', () => resolve());
  });

/**
 * Worker processes on one task queue, one run after the other: one that lives on serves the next run too, since a worker that starts costs
 * more than all that it does for a run.
 */
export class WorkerLane {
  private name = `lane-${randomUUID()}`;
  private readonly living = new Set<ChildProcess>();
  private readonly dying = new WeakSet<ChildProcess>();
  private serving: Serving | null = null;
  private readonly parts: LaneParts;

  constructor(parts: LaneParts) {
    this.parts = parts;
  }

  /** The task queue of the next run. */
  get queue(): string {
    return this.name;
  }

  /** So many workers serve a run from here on. */
  async serve(serving: Serving, workers = 1): Promise<void> {
    this.serving = serving;
    const there = [...this.living].map((worker) => this.tell(worker, serving));
    const more = Array.from({ length: workers - there.length }, () => word(this.start()));
    await Promise.all([...there, ...more]);
  }

  /** Ends one worker; when none is left, another starts, which says when it polls. */
  kill(death: Death, polls: () => void): void {
    const [worker] = this.living;
    if (worker === undefined) return;
    this.living.delete(worker);
    this.dying.add(worker);
    worker.kill(death === 'killed' ? 'SIGKILL' : 'SIGUSR2');
    if (this.living.size === 0) this.start().once('message', polls);
  }

  /** The run is over: one worker stays and lets go of what it served. */
  async rest(): Promise<void> {
    const [first, ...others] = this.living;
    for (const worker of others) this.drop(worker);
    if (first !== undefined) await this.tell(first, null);
  }

  /** Ends every worker: something in its run went wrong, or nothing more is to come. What that run left in its queue stays there. */
  end(): void {
    for (const worker of this.living) this.drop(worker);
    this.name = `lane-${randomUUID()}`;
  }

  private drop(worker: ChildProcess): void {
    this.living.delete(worker);
    worker.kill('SIGKILL');
  }

  private async tell(worker: ChildProcess, serving: Serving | null): Promise<void> {
    const heard = word(worker);
    worker.send(serving as Serving); // null goes over the channel too
    await heard;
  }

  private start(): ChildProcess {
    const { temporal, bundle, program } = this.parts;
    const env = { ...process.env, PRIVACY_TEMPORAL: temporal, PRIVACY_QUEUE: this.name, PRIVACY_BUNDLE: bundle };
    const worker = spawn(process.execPath, ['--max-old-space-size=300', program], {
      env,
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    worker.stderr?.on('data', (words: Buffer) => {
      if (!this.dying.has(worker)) process.stderr.write(words); // V8 tells its last words at length
    });
    worker.on('exit', () => this.living.delete(worker));
    worker.send(this.serving as Serving);
    this.living.add(worker);
    return worker;
  }
}
