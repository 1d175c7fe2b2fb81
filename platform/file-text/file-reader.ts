import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { HeldFileBytes } from './text-of.ts';

/** Bounds of reading one file. */
export interface ReaderLimits {
  readonly mostBytes: number;
  readonly mostMs: number;
  readonly memoryMb: number;
  readonly mostCharacters: number;
}

const limits: ReaderLimits = { mostBytes: 20_000_000, mostMs: 60_000, memoryMb: 512, mostCharacters: 10_000_000 };

/** Reads files in a process of its own: what eats time or memory takes nothing down with it. */
export interface FileReader {
  /** What the file says; undefined when it cannot be read within the limits. One at a time. */
  text(file: HeldFileBytes): Promise<string | undefined>;
  close(): void;
}

const program = fileURLToPath(new URL('./reader-process.ts', import.meta.url));
/** The sources run as they are, there too. */
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Parsers complain of what strangers wrote, and it may hold their words: nobody hears it. */
const started = ({ memoryMb }: ReaderLimits): ChildProcess =>
  fork(program, {
    execArgv: ['--import', loader, `--max-old-space-size=${memoryMb}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: {},
  });

/** What the process says of one file; undefined when it died of it or took too long. `over` says that it serves no more. */
const asked = (reader: ChildProcess, file: HeldFileBytes, mostMs: number, over: () => void): Promise<string | undefined> =>
  new Promise((resolve) => {
    const end = (text?: string): void => {
      clearTimeout(timer);
      reader.removeAllListeners();
      reader.on('error', () => undefined); // what becomes of it later matters no more
      resolve(text);
    };
    const dead = (): void => {
      over();
      reader.kill('SIGKILL');
      end();
    };
    const timer = setTimeout(dead, mostMs);
    reader.on('message', ({ text }: { readonly text?: string }) => end(text));
    reader.on('error', dead);
    reader.on('exit', dead);
    reader.send(file);
  });

/** Opens a reader; the process starts with the first file, and anew after one that it died of. */
export function openFileReader(given: Partial<ReaderLimits> = {}): FileReader {
  const bounds = { ...limits, ...given };
  let reader: ChildProcess | undefined;
  const over = (): void => {
    reader = undefined;
  };
  return {
    text: async (file) => {
      if (file.bytes.length > bounds.mostBytes) return undefined;
      reader ??= started(bounds);
      const text = await asked(reader, file, bounds.mostMs, over);
      return text !== undefined && text.length > bounds.mostCharacters ? undefined : text;
    },
    close: () => {
      reader?.kill('SIGKILL');
      over();
    },
  };
}
