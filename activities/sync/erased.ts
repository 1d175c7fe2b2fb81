import { setImmediate as breath } from 'node:timers/promises';
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

/** What each record of a part would be known by, in the order of the part. */
interface PartHashes {
  readonly valid: readonly (readonly Tombstone[])[];
  readonly rejected: readonly (readonly Tombstone[])[];
}

const made = new WeakMap<PartedPage, PartHashes>();

/** Makes the hashes that a part's records are known by, once: they are what a look for erased people costs most. */
export async function hashPart(keys: KeyRing, systemId: string, part: PartedPage): Promise<PartHashes> {
  const before = made.get(part);
  if (before !== undefined) return before;
  await breath();
  const hashes = {
    valid: part.valid.map((record) => ofRecord(keys, systemId, record)),
    rejected: part.rejected.map((record) => ofRejected(keys, systemId, record)),
  };
  made.set(part, hashes);
  return hashes;
}

/** A part without the records of erased people. */
export interface LivingPart extends PartedPage {
  /** How many were taken out. */
  readonly tombstoned?: number;
}

/**
 * Takes records of erased people out of a page and notes each that came back instead of writing it (rule 6). Of one that is kept aside
 * only its reason stays, under a keyed name. Call it after `holdTombstones`. All are looked for by one question.
 */
export async function withoutErased(
  tx: Db,
  keys: KeyRing,
  systemId: string,
  parts: readonly PartedPage[],
  at: Date,
): Promise<readonly LivingPart[]> {
  const hashes: PartHashes[] = [];
  for (const part of parts) hashes.push(await hashPart(keys, systemId, part));
  const all = hashes.flatMap(({ valid, rejected }) => [...valid, ...rejected].flat().map(({ hash }) => hash));
  const matches = new Map((await tombstonesAmong(tx, all)).map((match) => [match.hash, match]));
  if (matches.size === 0) return parts;
  const hitsOf = (tombstones: readonly Tombstone[] = []) =>
    tombstones.flatMap(({ hash }) => matches.get(hash.toString('hex')) ?? []);
  const living: LivingPart[] = [];
  for (const [place, part] of parts.entries()) {
    const valid: PartedPage['valid'][number][] = [];
    for (const [index, record] of part.valid.entries()) {
      const hits = hitsOf(hashes[place]?.valid[index]);
      if (hits.length === 0) valid.push(record);
      else await recordTombstoneHit(tx, keys, { systemId, kind: record.kind, externalId: record.externalId, matches: hits, at });
    }
    const rejected = part.rejected.map((record, index) => {
      if (hitsOf(hashes[place]?.rejected[index]).length === 0) return record;
      const name = recordHash(keys, systemId, 'rejected', record.externalId ?? '')
        .toString('hex')
        .slice(0, 24);
      return { ...record, externalId: `erased-${name}`, raw: null };
    });
    living.push({ valid, rejected, special: part.special, tombstoned: part.valid.length - valid.length });
  }
  return living;
}
