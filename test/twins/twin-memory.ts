import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';

/** A twin's state in a file: a restart of the sample finds its systems as it left them, as it would find real ones. */
export interface TwinMemory<State> {
  /** What was kept; undefined at the first start. */
  recall(): State | undefined;
  /** Keeps the state a moment later, many changes at once. */
  changed(): void;
  /** Keeps what `changed` has not kept yet. */
  close(): void;
}

const pauseMs = 100;

/**
 * A kept state is replaced whole or not at all.
 * @param file undefined: nothing is kept
 * @throws Error when a kept state cannot be read; names the file and the way out
 */
export function twinMemory<State>(file: string | undefined, state: () => State): TwinMemory<State> {
  let waiting: NodeJS.Timeout | undefined;
  const write = (): void => {
    waiting = undefined;
    if (file === undefined) return;
    writeFileSync(`${file}.new`, serialize(state()), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  return {
    recall: () => {
      if (file === undefined || !existsSync(file)) return undefined;
      try {
        return deserialize(readFileSync(file)) as State; // written by `write`
      } catch (cause) {
        throw new Error(`${file} cannot be read; delete it, and this system of the sample starts afresh`, { cause });
      }
    },
    changed: () => {
      if (file !== undefined) waiting ??= setTimeout(write, pauseMs);
    },
    close: () => {
      if (waiting === undefined) return;
      clearTimeout(waiting);
      write();
    },
  };
}
