import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FichaError } from '../domain/record/error.ts';

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/**
 * Holds the folder for this process; a lock whose process is gone is taken over.
 * @returns what gives it free again
 * @throws FichaError `already-running`
 */
export function lockHome(home: string): () => void {
  mkdirSync(home, { recursive: true });
  const file = join(home, 'running.pid');
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const pid = Number(readFileSync(file, 'utf8'));
    if (Number.isInteger(pid) && pid > 0 && pid !== process.pid && lives(pid)) {
      throw new FichaError(
        'already-running',
        `Ficha runs in ${home} already (process ${pid}). Stop that one, or set FICHA_HOME to another folder`,
      );
    }
    rmSync(file, { force: true });
  }
}
