import { setImmediate as breath } from 'node:timers/promises';
import { type TombstoneText, tombstoneTexts } from '../../domain/privacy/tombstone-texts.ts';
import { type Identified, identifiersOf } from '../../domain/record/identifiers.ts';
import type { KeyRing } from '../../platform/keys.ts';
import type { Db } from '../../store/database.ts';
import type { RejectedRecord } from '../../store/write/rejected-records.ts';
import { recordHash, recordTombstoneHit, tombstonesAmong } from '../../store/write/tombstones.ts';
import type { PartedPage, PartedRecord } from './special-fields.ts';

/** Emails anywhere in a record that could not be mapped: the one identifier that shows without knowing the fields. */
const emailsIn = (raw: unknown): readonly string[] =>
  JSON.stringify(raw ?? null).match(/[^\s"'<>,;:\\]{1,64}@[^\s"'<>,;:\\]{1,255}/g) ?? [];

const ofRecord = (systemId: string, record: PartedRecord): readonly TombstoneText[] =>
  tombstoneTexts({
    systemId,
    kind: record.kind,
    externalId: record.externalId,
    clientExternalId: record.clientExternalId ?? undefined,
    // canonical forms are valid against the schema of their kind
    identifiers: record.kind === 'person' || record.kind === 'company' ? identifiersOf(record.canonical as Identified) : [],
  });

const ofRejected = (systemId: string, { externalId, raw }: RejectedRecord): readonly TombstoneText[] => {
  const identifiers = identifiersOf({ emails: emailsIn(raw).slice(0, 20) });
  return (['person', 'company'] as const).flatMap((kind) =>
    tombstoneTexts({ systemId, kind, externalId: externalId ?? '', identifiers }),
  );
};

const hashBytes = 32;

/**
 * What the records of a part would be known by, in one piece, since they wait until the page before is stored: of each record the hashes end
 * where `until` says, the valid ones before those that are kept aside.
 */
interface PartHashes {
  readonly bytes: Buffer;
  readonly until: readonly number[];
}

const hashesIn = ({ bytes }: PartHashes): Buffer[] =>
  Array.from({ length: bytes.length / hashBytes }, (_, place) => bytes.subarray(place * hashBytes, (place + 1) * hashBytes));

/** The hashes of one record of a part, in hex. */
const hexOf = ({ bytes, until }: PartHashes, place: number): readonly string[] => {
  const texts: string[] = [];
  for (let at = until[place - 1] ?? 0; at < (until[place] ?? 0); at += hashBytes)
    texts.push(bytes.toString('hex', at, at + hashBytes));
  return texts;
};

const made = new WeakMap<PartedPage, PartHashes>();

/** Makes the hashes that a part's records are known by, once: they are what a look for erased people costs most. */
export async function hashPart(keys: KeyRing, systemId: string, part: PartedPage): Promise<PartHashes> {
  const before = made.get(part);
  if (before !== undefined) return before;
  await breath();
  const texts: TombstoneText[] = [];
  const until: number[] = [];
  const take = (one: readonly TombstoneText[]): void => {
    texts.push(...one);
    until.push(texts.length * hashBytes);
  };
  for (const record of part.valid) take(ofRecord(systemId, record));
  for (const record of part.rejected) take(ofRejected(systemId, record));
  const bytes = Buffer.allocUnsafeSlow(texts.length * hashBytes);
  for (const [place, { text }] of texts.entries()) keys.writeMac('tombstone', text, bytes, place * hashBytes);
  made.set(part, { bytes, until });
  return { bytes, until };
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
  const matches = new Map((await tombstonesAmong(tx, hashes.flatMap(hashesIn))).map((match) => [match.hash, match]));
  if (matches.size === 0) return parts;
  const hitsOf = (of: PartHashes | undefined, place: number) =>
    of === undefined ? [] : hexOf(of, place).flatMap((hex) => matches.get(hex) ?? []);
  const living: LivingPart[] = [];
  for (const [place, part] of parts.entries()) {
    const valid: PartedPage['valid'][number][] = [];
    for (const [index, record] of part.valid.entries()) {
      const hits = hitsOf(hashes[place], index);
      if (hits.length === 0) valid.push(record);
      else await recordTombstoneHit(tx, keys, { systemId, kind: record.kind, externalId: record.externalId, matches: hits, at });
    }
    const rejected = part.rejected.map((record, index) => {
      if (hitsOf(hashes[place], part.valid.length + index).length === 0) return record;
      const name = recordHash(keys, systemId, 'rejected', record.externalId ?? '')
        .toString('hex')
        .slice(0, 24);
      return { ...record, externalId: `erased-${name}`, raw: null };
    });
    living.push({ valid, rejected, special: part.special, tombstoned: part.valid.length - valid.length });
  }
  return living;
}
