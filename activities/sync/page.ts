import type { RecordRef } from '../../connectors/kit/contract.ts';
import type { KeyRing } from '../../platform/keys.ts';
import type { Db } from '../../store/database.ts';
import { recordPulledConsent } from '../../store/write/consent.ts';
import { keepAside, takeFromAside, takeUnmetFromAside } from '../../store/write/rejected-records.ts';
import { keepSpecial } from '../../store/write/special-data.ts';
import {
  holdArrivalsOf,
  knownRecords,
  markDeleted,
  markSeen,
  markUnseenDeleted,
  type PageSource,
  storeRecords,
} from '../../store/write/source-records.ts';
import { addToSyncRun, saveStreamPosition, type SyncCounts } from '../../store/write/sync-runs.ts';
import { holdTombstones } from '../../store/write/tombstones.ts';
import { withoutErased } from './erased.ts';
import type { PreparedPage, PreparedPull } from './prepare-page.ts';
import { readAhead } from './read-ahead.ts';

/** Stores one page and the position after it, in the transaction given. The same page again changes nothing but the counts. */
export async function storePage(tx: Db, keys: KeyRing, from: PageSource, page: PreparedPull, at: Date): Promise<SyncCounts> {
  await holdArrivalsOf(tx, from.systemId);
  const counts = await storePrepared(tx, keys, from, page, at);
  await saveStreamPosition(tx, from.systemId, from.stream, { cursor: page.cursor, runId: from.runId, done: page.last });
  return counts;
}

/** What the parts of a page came to. */
interface Stored {
  changed: number;
  tombstoned: number;
  readonly valid: RecordRef[];
  readonly asideIds: string[];
  rejected: number;
}

/** Stores the parts of a page, each while the next is prepared. */
async function storeParts(tx: Db, keys: KeyRing, from: PageSource, { refs, parts }: PreparedPage, at: Date): Promise<Stored> {
  const stored: Stored = { changed: 0, tombstoned: 0, valid: [], asideIds: [], rejected: 0 };
  const isAnybodyErased = await holdTombstones(tx); // if not, there is nothing to hash for
  const known = await knownRecords(tx, from.systemId, refs);
  for await (const part of readAhead(parts)) {
    const { valid, rejected } = isAnybodyErased ? await withoutErased(tx, keys, from.systemId, part, at) : part;
    stored.changed += await storeRecords(tx, from, valid, known);
    await keepSpecial(tx, keys, from.systemId, part.special, at);
    await keepAside(tx, from, rejected);
    stored.tombstoned += part.valid.length - valid.length;
    stored.rejected += rejected.length;
    for (const { kind, externalId } of valid) stored.valid.push({ kind, externalId });
    for (const { externalId } of rejected) if (externalId !== null) stored.asideIds.push(externalId);
  }
  return stored;
}

/** Stores what came, by pull or by itself: records, what is kept aside, deletions, consent, counts. Call it after `holdArrivalsOf`. */
export async function storePrepared(tx: Db, keys: KeyRing, from: PageSource, page: PreparedPage, at: Date): Promise<SyncCounts> {
  const { changed, tombstoned, valid, asideIds, rejected } = await storeParts(tx, keys, from, page, at);
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
  const counts = { pulled: page.pulled, changed, deleted: gone + unseen, rejected, tombstoned };
  await addToSyncRun(tx, from.runId, counts);
  return counts;
}
