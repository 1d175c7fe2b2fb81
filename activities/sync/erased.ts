import { type Identified, identifiersOf } from '../../domain/record/identifiers.ts';
import type { KeyRing } from '../../platform/keys.ts';
import type { Db } from '../../store/database.ts';
import type { RejectedRecord } from '../../store/write/rejected-records.ts';
import { recordHash, recordTombstoneHit, type Tombstone, tombstonesAmong, tombstonesOf } from '../../store/write/tombstones.ts';
import type { PartedPage, PartedRecord } from './special-fields.ts';

/** Emails anywhere in a record that could not be mapped: the one identifier that shows without knowing the fields. */
const emailsIn = (raw: unknown): readonly string[] =>
  JSON.stringify(raw ?? null).match(/[^\s"'<>,;:\\]{1,64}@[^\s"'<>,;:\\]{1,255}/g) ?? [];

const ofRecord = (keys: KeyRing, systemId: string, record: PartedRecord): Tombstone[] =>
  tombstonesOf(keys, {
    systemId,
    kind: record.kind,
    externalId: record.externalId,
    clientExternalId: record.clientExternalId ?? undefined,
    // canonical forms are valid against the schema of their kind
    identifiers: record.kind === 'person' || record.kind === 'company' ? identifiersOf(record.canonical as Identified) : [],
  });

const ofRejected = (keys: KeyRing, systemId: string, { externalId, raw }: RejectedRecord): Tombstone[] => {
  const identifiers = identifiersOf({ emails: emailsIn(raw).slice(0, 20) });
  return (['person', 'company'] as const).flatMap((kind) =>
    tombstonesOf(keys, { systemId, kind, externalId: externalId ?? '', identifiers }),
  );
};

/**
 * Takes records of erased people out of a page and notes each that came back instead of writing it (rule 6). Of one that is kept aside
 * only its reason stays, under a keyed name. Call it after `holdTombstones`.
 */
export async function withoutErased(
  tx: Db,
  keys: KeyRing,
  systemId: string,
  page: Omit<PartedPage, 'special'>,
  at: Date,
): Promise<Omit<PartedPage, 'special'>> {
  const valid = page.valid.map((record) => ({ record, tombstones: ofRecord(keys, systemId, record) }));
  const rejected = page.rejected.map((record) => ({ record, tombstones: ofRejected(keys, systemId, record) }));
  const hashes = [...valid, ...rejected].flatMap(({ tombstones }) => tombstones.map(({ hash }) => hash));
  const matches = new Map((await tombstonesAmong(tx, hashes)).map((match) => [match.hash, match]));
  if (matches.size === 0) return page;
  const hitsOf = (tombstones: readonly Tombstone[]) => tombstones.flatMap(({ hash }) => matches.get(hash.toString('hex')) ?? []);
  for (const { record, tombstones } of valid) {
    const hits = hitsOf(tombstones);
    if (hits.length > 0)
      await recordTombstoneHit(tx, keys, { systemId, kind: record.kind, externalId: record.externalId, matches: hits, at });
  }
  return {
    valid: valid.filter(({ tombstones }) => hitsOf(tombstones).length === 0).map(({ record }) => record),
    rejected: rejected.map(({ record, tombstones }) => {
      if (hitsOf(tombstones).length === 0) return record;
      const name = recordHash(keys, systemId, 'rejected', record.externalId ?? '')
        .toString('hex')
        .slice(0, 24);
      return { ...record, externalId: `erased-${name}`, raw: null };
    }),
  };
}
