import type { KeyRing } from '../../platform/keys.ts';
import type { Db } from '../../store/database.ts';
import { recordPulledConsent } from '../../store/write/consent.ts';
import { keepAside, takeFromAside, takeUnmetFromAside } from '../../store/write/rejected-records.ts';
import { keepSpecial } from '../../store/write/special-data.ts';
import {
  holdArrivalsOf,
  markDeleted,
  markSeen,
  markUnseenDeleted,
  type PageSource,
  storeRecords,
} from '../../store/write/source-records.ts';
import { addToSyncRun, saveStreamPosition, type SyncCounts } from '../../store/write/sync-runs.ts';
import { withoutErased } from './erased.ts';
import type { PreparedPage, PreparedPull } from './prepare-page.ts';

/** Stores one page and the position after it, in the transaction given. The same page again changes nothing but the counts. */
export async function storePage(tx: Db, keys: KeyRing, from: PageSource, page: PreparedPull, at: Date): Promise<SyncCounts> {
  await holdArrivalsOf(tx, from.systemId);
  const counts = await storePrepared(tx, keys, from, page, at);
  await saveStreamPosition(tx, from.systemId, from.stream, { cursor: page.cursor, runId: from.runId, done: page.last });
  return counts;
}

/** Stores what came, by pull or by itself: records, what is kept aside, deletions, consent, counts. Call it after `holdArrivalsOf`. */
export async function storePrepared(tx: Db, keys: KeyRing, from: PageSource, page: PreparedPage, at: Date): Promise<SyncCounts> {
  const { valid, rejected } = await withoutErased(tx, keys, from.systemId, page, at);
  const changed = await storeRecords(tx, from, valid);
  await keepSpecial(tx, keys, from.systemId, page.special, at);
  await keepAside(tx, from, rejected);
  const asideIds = rejected.flatMap(({ externalId }) => externalId ?? []);
  await markSeen(tx, from, asideIds); // what cannot be read any more is not gone
  const aside = new Set(asideIds);
  const readable = valid.filter(({ externalId }) => !aside.has(externalId));
  await takeFromAside(
    tx,
    from.systemId,
    from.stream,
    [...readable, ...page.deleted].map(({ externalId }) => externalId),
  );
  const gone = await markDeleted(tx, from.systemId, page.deleted);
  const whole = page.last && page.complete === true;
  const unseen = whole ? await markUnseenDeleted(tx, from) : 0;
  if (whole) await takeUnmetFromAside(tx, from);
  await recordPulledConsent(tx, keys, { systemId: from.systemId, refs: valid, at });
  const counts = {
    pulled: page.pulled,
    changed,
    deleted: gone + unseen,
    rejected: rejected.length,
    tombstoned: page.valid.length - valid.length,
  };
  await addToSyncRun(tx, from.runId, counts);
  return counts;
}
