import type { KeyRing } from '../../platform/keys.ts';
import type { Database } from '../../store/database.ts';
import type { PageSource } from '../../store/write/source-records.ts';
import type { SyncCounts } from '../../store/write/sync-runs.ts';
import { storePage } from './page.ts';
import type { PreparedPull } from './prepare-page.ts';

/** Keeps a promise whose failure is told elsewhere, or a little later, from being reported as unheard. */
const heard = <Value>(promise: Promise<Value>): Promise<Value> => {
  promise.catch(() => undefined);
  return promise;
};

/**
 * Stores the pages of a pull in their order, each in a transaction of its own, while the page after it is fetched and prepared. That one is
 * asked for when the commit of the one before is out of this process: a kill makes the system answer one page again at most.
 * @returns what each page came to, once it is stored
 */
export async function* storedPages(
  { db, keys, now }: { readonly db: Database; readonly keys: KeyRing; readonly now: () => Date },
  from: PageSource,
  pages: AsyncIterable<PreparedPull>,
): AsyncGenerator<SyncCounts> {
  let storing: Promise<SyncCounts> | undefined;
  try {
    for await (const page of pages) {
      if (storing !== undefined) yield await storing;
      let handedOver = (): void => undefined;
      const out = new Promise<void>((resolve) => {
        handedOver = resolve;
      });
      storing = heard(db.transaction((tx) => storePage(tx, keys, from, page, now()), handedOver));
      await Promise.race([out, storing]);
      if (page.last) break;
    }
    if (storing !== undefined) yield await storing;
  } finally {
    await storing?.catch(() => undefined); // thrown where it was awaited, above
  }
}
