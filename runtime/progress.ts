import ora, { type Ora } from 'ora';

/** Tells the person at the terminal what is going on. Counts and names of parts only. */
export interface Progress {
  /** The step that runs now; the one before it is over. */
  readonly say: (line: string) => void;
  /** Lines that stay. */
  readonly print: (lines: readonly string[]) => void;
}

/** A turning sign beside the running step in a terminal, plain lines anywhere else. */
export function createProgress(to: NodeJS.WriteStream = process.stdout): Progress {
  const print = (lines: readonly string[]): void => void (lines.length > 0 && to.write(`${lines.join('\n')}\n`));
  if (to.isTTY !== true) return { say: (line) => print([line]), print };
  let running: Ora | undefined;
  const settle = (): void => {
    running?.stopAndPersist({ symbol: '·' });
    running = undefined;
  };
  return {
    say: (text) => {
      settle();
      // Ctrl-C stays ours: the sign takes neither the keyboard nor the cursor
      running = ora({ text, stream: to, discardStdin: false, hideCursor: false }).start();
    },
    print: (lines) => {
      settle();
      print(lines);
    },
  };
}
