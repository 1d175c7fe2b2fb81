import { createHash } from 'node:crypto';
import type { PullPage } from '../../connectors/kit/contract.ts';
import { canonicalJson } from '../../domain/record/canonical-json.ts';
import { type Identified, identifiersOf } from '../../domain/record/identifiers.ts';
import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { validatorFor } from '../../platform/validate.ts';
import type { Db } from '../../store/database.ts';
import { recordPulledConsent } from '../../store/write/consent.ts';
import { keepAside, type RejectedRecord, takeFromAside } from '../../store/write/rejected-records.ts';
import {
  markDeleted,
  markUnseenDeleted,
  type PageSource,
  storeRecords,
  type StoredRecord,
} from '../../store/write/source-records.ts';
import { addToSyncRun, saveStreamPosition, type SyncCounts } from '../../store/write/sync-runs.ts';
import { checkTombstones, recordTombstoneHit, tombstonesOf } from '../../store/write/tombstones.ts';

interface Sorted {
  readonly valid: readonly StoredRecord[];
  readonly rejected: readonly RejectedRecord[];
}

/** What makes a record another one: everything, except the time of a state that the system does not date. */
function contentHash(draft: SourceRecordDraft, canonical: Readonly<Record<string, unknown>>): string {
  const undated = draft.kind === 'consent' && canonical['atKnown'] === false;
  const { at: _, ...rest } = canonical;
  const content = undated ? { canonical: rest } : { canonical, raw: draft.raw ?? null };
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

function stored(draft: SourceRecordDraft, canonical: Readonly<Record<string, unknown>>): StoredRecord {
  const owner = canonical['clientExternalId'];
  return {
    kind: draft.kind,
    externalId: draft.externalId,
    raw: draft.raw,
    canonical,
    contentHash: contentHash(draft, canonical),
    clientExternalId: typeof owner === 'string' ? owner : null,
    changedAt: draft.changedAt ?? null,
  };
}

/** Parts what the schemas allow from what is kept aside with its reason; of two records of one id the later one counts. */
function sorted(page: PullPage): Sorted {
  const rejected: RejectedRecord[] = page.rejected.map(({ externalId, reasonCode, reason, raw }) => ({
    externalId: externalId ?? null,
    reasonCode,
    reason,
    raw,
  }));
  const valid = new Map<string, StoredRecord>();
  for (const draft of page.records) {
    const problems = validatorFor(`record/${draft.kind}`)(draft.canonical);
    if (problems.length === 0) {
      // the schema of every kind says that the canonical form is an object
      valid.set(`${draft.kind}:${draft.externalId}`, stored(draft, draft.canonical as Readonly<Record<string, unknown>>));
      continue;
    }
    const reason = problems.map(({ path, message }) => `${path === '' ? draft.kind : path}: ${message}`).join('; ');
    rejected.push({ externalId: draft.externalId, reasonCode: 'invalid-record', reason, raw: draft.raw });
  }
  return { valid: [...valid.values()], rejected };
}

/** Parts records of erased people from the others, and notes each that came back instead of writing it (rule 6). */
async function withoutErased(
  tx: Db,
  keys: KeyRing,
  systemId: string,
  records: readonly StoredRecord[],
  at: Date,
): Promise<readonly StoredRecord[]> {
  const known = records.map((record) => ({
    record,
    tombstones: tombstonesOf(keys, {
      systemId,
      kind: record.kind,
      externalId: record.externalId,
      clientExternalId: record.clientExternalId ?? undefined,
      identifiers: record.kind === 'person' || record.kind === 'company' ? identifiersOf(record.canonical as Identified) : [],
    }),
  }));
  const hashes = known.flatMap(({ tombstones }) => tombstones.map(({ hash }) => hash));
  const matches = new Map((await checkTombstones(tx, hashes)).map((match) => [match.hash, match]));
  const kept: StoredRecord[] = [];
  for (const { record, tombstones } of known) {
    const hits = tombstones.flatMap(({ hash }) => matches.get(hash.toString('hex')) ?? []);
    if (hits.length === 0) kept.push(record);
    else {
      const { kind, externalId } = record;
      await recordTombstoneHit(tx, keys, { systemId, kind, externalId, matches: hits, at });
    }
  }
  return kept;
}

/**
 * Stores one page and the position after it, in the transaction given: records, what is kept aside, deletions, consent, counts.
 * The same page again changes nothing but the counts.
 */
export async function storePage(tx: Db, keys: KeyRing, from: PageSource, page: PullPage, at: Date): Promise<SyncCounts> {
  const { valid, rejected } = sorted(page);
  const kept = await withoutErased(tx, keys, from.systemId, valid, at);
  const changed = await storeRecords(tx, from, kept);
  await keepAside(tx, from, rejected);
  await takeFromAside(
    tx,
    from.systemId,
    from.stream,
    kept.map(({ externalId }) => externalId),
  );
  const gone = await markDeleted(tx, from.systemId, page.deleted);
  const unseen = page.last && page.complete === true ? await markUnseenDeleted(tx, from) : 0;
  await recordPulledConsent(tx, keys, { systemId: from.systemId, refs: kept, at });
  const counts = {
    pulled: page.records.length + page.rejected.length,
    changed,
    deleted: gone + unseen,
    rejected: rejected.length,
    tombstoned: valid.length - kept.length,
  };
  await addToSyncRun(tx, from.runId, counts);
  await saveStreamPosition(tx, from.systemId, from.stream, { cursor: page.cursor, runId: from.runId, done: page.last });
  return counts;
}
