import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { HeldFileBytes } from './text-of.ts';

/** Bounds of reading one file. */
export interface ReaderLimits {
  readonly mostBytes: number;
  readonly mostMs: number;
  readonly memoryMb: number;
  readonly mostCharacters: number;
}

const limits: ReaderLimits = { mostBytes: 20_000_000, mostMs: 20_000, memoryMb: 512, mostCharacters: 10_000_000 };

/** Reads files apart from everything else: what eats time or memory takes nothing down with it. */
export interface FileReader {
  /** What the file says; undefined when it cannot be read within the limits. One at a time. */
  text(file: HeldFileBytes): Promise<string | undefined>;
  close(): Promise<void>;
}

const program = new URL('./worker.ts', import.meta.url);
/** The sources run as they are, there too. */
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

const started = ({ memoryMb }: ReaderLimits): Worker =>
  new Worker(program, {
    execArgv: ['--import', loader],
    stdout: true,
    stderr: true, // parsers complain of what strangers wrote: it may hold their words
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });

/** Opens a reader; the thread starts with the first file, and anew after one that it died of. */
export function openFileReader(given: Partial<ReaderLimits> = {}): FileReader {
  const bounds = { ...limits, ...given };
  let worker: Worker | undefined;
  const asked = (thread: Worker, file: HeldFileBytes) =>
    new Promise<string | undefined>((resolve) => {
      const end = (text?: string): void => {
        clearTimeout(timer);
        thread.removeAllListeners();
        resolve(text);
      };
      const dead = (): void => {
        worker = undefined;
        end();
        thread.on('error', () => undefined); // what it says while it ends matters no more
      };
      const timer = setTimeout(() => {
        void thread.terminate();
        dead();
      }, bounds.mostMs);
      thread.on('message', ({ text }: { readonly text?: string }) => end(text));
      thread.on('error', dead);
      thread.on('exit', dead);
      thread.postMessage(file);
    });
  return {
    text: async (file) => {
      if (file.bytes.length > bounds.mostBytes) return undefined;
      worker ??= started(bounds);
      const text = await asked(worker, file);
      return text !== undefined && text.length > bounds.mostCharacters ? undefined : text;
    },
    close: async () => {
      await worker?.terminate();
      worker = undefined;
    },
  };
}
