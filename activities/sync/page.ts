import type { PullPage } from '../../connectors/kit/contract.ts';
import { consentPolicy as shipped } from '../../domain/consent/consent-policy.ts';
import type { KeyRing } from '../../platform/keys.ts';
import type { ConsentPolicy } from '../../schemas/types.ts';
import type { Db } from '../../store/database.ts';
import { recordPulledConsent } from '../../store/write/consent.ts';
import { keepAside, takeFromAside } from '../../store/write/rejected-records.ts';
import { keepSpecial } from '../../store/write/special-data.ts';
import { markDeleted, markSeen, markUnseenDeleted, type PageSource, storeRecords } from '../../store/write/source-records.ts';
import { addToSyncRun, saveStreamPosition, type SyncCounts } from '../../store/write/sync-runs.ts';
import { withoutErased } from './erased.ts';
import { sortPage } from './sort-page.ts';
import { withoutSpecial } from './special-fields.ts';

interface Drafts extends Pick<PullPage, 'records' | 'rejected' | 'deleted' | 'last' | 'complete'> {
  /** Records may name only some of their fields. */
  readonly partial?: boolean;
}
type Policy = Pick<ConsentPolicy, 'specialFields'>;

/**
 * Stores one page and the position after it, in the transaction given. The same page again changes nothing but the counts.
 * @param policy the controller's own; the one that ships with Ficha when left out
 */
export async function storePage(
  tx: Db,
  keys: KeyRing,
  from: PageSource,
  page: PullPage,
  at: Date,
  policy?: Policy,
): Promise<SyncCounts> {
  const counts = await storeDrafts(tx, keys, from, page, at, policy);
  await saveStreamPosition(tx, from.systemId, from.stream, { cursor: page.cursor, runId: from.runId, done: page.last });
  return counts;
}

/** Stores what came, by pull or by itself: records, what is kept aside, deletions, consent, counts. */
export async function storeDrafts(
  tx: Db,
  keys: KeyRing,
  from: PageSource,
  page: Drafts,
  at: Date,
  policy: Policy = shipped,
): Promise<SyncCounts> {
  const { special, ...sorted } = withoutSpecial(sortPage(page), from.systemId, policy, page.partial !== true);
  const { valid, rejected } = await withoutErased(tx, keys, from.systemId, sorted, at);
  const changed = await storeRecords(tx, from, valid);
  await keepSpecial(tx, keys, from.systemId, special, at);
  await keepAside(tx, from, rejected);
  const asideIds = rejected.flatMap(({ externalId }) => externalId ?? []);
  await markSeen(tx, from, asideIds); // what cannot be read any more is not gone
  const aside = new Set(asideIds);
  const readable = valid.filter(({ externalId }) => !aside.has(externalId));
  await takeFromAside(
    tx,
    from.systemId,
    from.stream,
    readable.map(({ externalId }) => externalId),
  );
  const gone = await markDeleted(tx, from.systemId, page.deleted);
  const unseen = page.last && page.complete === true ? await markUnseenDeleted(tx, from) : 0;
  await recordPulledConsent(tx, keys, { systemId: from.systemId, refs: valid, at });
  const counts = {
    pulled: page.records.length + page.rejected.length,
    changed,
    deleted: gone + unseen,
    rejected: rejected.length,
    tombstoned: sorted.valid.length - valid.length,
  };
  await addToSyncRun(tx, from.runId, counts);
  return counts;
}
