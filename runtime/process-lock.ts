import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { livingProcessOf, processIdentity } from './process-identity.ts';

/** A lock that this process holds, or the number of the process that does. */
export type Held = { readonly held: true; readonly release: () => void } | { readonly held: false; readonly by: number };

/** Takes the lock `file` for this process. One that a process which is gone has left is taken over. */
export function takeLock(file: string): Held {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, processIdentity(process.pid) ?? String(process.pid), { mode: 0o600 });
  try {
    for (;;) {
      if (linked(own, file)) return { held: true, release: () => rmSync(file, { force: true }) };
      const by = livingProcessOf(file);
      if (by !== undefined) return { held: false, by };
      rmSync(file, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** A link appears whole or not at all, so nobody reads a lock that is half written. */
function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
