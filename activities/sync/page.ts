import type { RecordRef } from '../../connectors/kit/contract.ts';
import type { KeyRing } from '../../platform/keys.ts';
import type { Tx } from '../../store/database.ts';
import { mayHoldConsent, recordPulledConsent } from '../../store/write/consent.ts';
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
import { type LivingPart, withoutErased } from './erased.ts';
import type { PreparedPage, PreparedPull } from './prepare-page.ts';

/**
 * Stores one page and the position after it, in the transaction given. The same page again changes nothing but the counts. What is looked up is
 * asked first; a page of people alone is then written in one piece with the commit.
 */
export async function storePage(tx: Tx, keys: KeyRing, from: PageSource, page: PreparedPull, at: Date): Promise<SyncCounts> {
  holdArrivalsOf(tx, from.systemId);
  const counts = await storePrepared(tx, keys, from, page, at);
  saveStreamPosition(tx, from.systemId, from.stream, { cursor: page.cursor, runId: from.runId, done: page.last });
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

async function storeParts(tx: Tx, keys: KeyRing, from: PageSource, { refs, parts }: PreparedPage, at: Date): Promise<Stored> {
  const stored: Stored = { changed: 0, tombstoned: 0, valid: [], asideIds: [], rejected: 0 };
  const isAnybodyErased = await holdTombstones(tx); // if not, there is nothing to hash for
  const known = await knownRecords(tx, from.systemId, refs);
  const living: readonly LivingPart[] = isAnybodyErased ? await withoutErased(tx, keys, from.systemId, parts, at) : parts;
  for (const part of living) {
    const { valid, rejected, special, tombstoned = 0 } = part;
    stored.changed += await storeRecords(tx, from, valid, known);
    await keepSpecial(tx, keys, from.systemId, special, at);
    await keepAside(tx, from, rejected);
    stored.tombstoned += tombstoned;
    stored.rejected += rejected.length;
    for (const { kind, externalId } of valid) stored.valid.push({ kind, externalId });
    for (const { externalId } of rejected) if (externalId !== null) stored.asideIds.push(externalId);
  }
  return stored;
}

/** Stores what came, by pull or by itself: records, what is kept aside, deletions, consent, counts. Call it after `holdArrivalsOf`. */
export async function storePrepared(tx: Tx, keys: KeyRing, from: PageSource, page: PreparedPage, at: Date): Promise<SyncCounts> {
  const maySpeak = await mayHoldConsent(tx, from.systemId, page.refs);
  const { changed, tombstoned, valid, asideIds, rejected } = await storeParts(tx, keys, from, page, at);
  await markSeen(tx, from, asideIds); // what cannot be read any more is not gone
  const aside = new Set(asideIds);
  const readable = valid.filter(({ externalId }) => !aside.has(externalId));
  takeFromAside(
    tx,
    from.systemId,
    from.stream,
    [...readable, ...page.deleted].map(({ externalId }) => externalId),
  );
  const gone = await markDeleted(tx, from.systemId, page.deleted);
  const whole = page.last && page.complete === true;
  const unseen = whole ? await markUnseenDeleted(tx, from) : 0;
  if (whole) await takeUnmetFromAside(tx, from);
  if (maySpeak) await recordPulledConsent(tx, keys, { systemId: from.systemId, refs: valid, at });
  const counts = { pulled: page.pulled, changed, deleted: gone + unseen, rejected, tombstoned };
  addToSyncRun(tx, from.runId, counts);
  return counts;
}
