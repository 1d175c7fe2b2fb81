import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FichaError } from '../domain/record/error.ts';
import { takeLock } from './process-lock.ts';

/**
 * Holds the folder for this process; a lock whose process is gone is taken over.
 * @returns what gives it free again
 * @throws FichaError `already-running`
 */
export function lockHome(home: string): () => void {
  // others may pass through, as the user of PostgreSQL must, and see nothing
  mkdirSync(home, { recursive: true, mode: 0o711 });
  const lock = takeLock(join(home, 'running.pid'));
  if (lock.held) return lock.release;
  throw new FichaError(
    'already-running',
    `Ficha runs in ${home} already (process ${lock.by}). Stop that one, or set FICHA_HOME to another folder`,
  );
}
