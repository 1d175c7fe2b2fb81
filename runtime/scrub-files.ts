import { openDatabase } from '../store/database.ts';
import { roleUrl } from '../store/roles.ts';
import { noteScrub, scrub, type Scrubbed } from '../store/scrub.ts';
import { withDatabase } from './backup.ts';

/** Rewrites every table, whatever its size, so that nothing of who was erased is left in the files of the database. */
export const scrubFiles = (say: (line: string) => void): Promise<Scrubbed> =>
  withDatabase(say, async (ownerUrl, keys) => {
    const done = await scrub(ownerUrl);
    const database = openDatabase(roleUrl(ownerUrl, 'ficha_worker', keys), { max: 1 });
    try {
      await database.transaction((tx) => noteScrub(tx, done, new Date()));
    } finally {
      await database.end();
    }
    return done;
  });
