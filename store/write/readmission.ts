import { tombstoneTexts } from '../../domain/privacy/tombstone-texts.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { bytes } from '../binary-array.ts';
import { type Db, sql } from '../database.ts';
import { appendAudit } from './audit.ts';
import { holdArrivals } from './tombstones.ts';

/** A person who was erased and wants to be a client again, by an act of their own. */
export interface Readmission {
  /** Normalised. */
  readonly identifiers: readonly { readonly kind: string; readonly value: string }[];
  /** When the person said so. */
  readonly givenAt: Date;
  /** Where they said it. */
  readonly how: 'form' | 'paper' | 'in-person' | 'phone' | 'email' | 'contract';
  /** SHA-256, hex, of what proves it and is kept elsewhere. */
  readonly proofSha256?: string;
  readonly by: string;
  readonly at: Date;
}

/**
 * Lifts the tombstones of somebody who came back by an act of their own after the erasure, so that what a system brings of them from now on
 * is written. The ids of the records that were erased stay out: an old copy does not come back with the person. Opt-outs that outlived the
 * erasure stay too, until a yes of the person's own is recorded.
 * @returns how many were lifted
 * @throws FichaError `nobody-erased`, `consent-before-erasure`
 */
export async function readmit(tx: Db, keys: KeyRing, given: Readmission): Promise<{ readonly lifted: number }> {
  await holdArrivals(tx);
  const texts = tombstoneTexts({ systemId: '', kind: 'person', externalId: '', identifiers: given.identifiers });
  const hashes = texts.filter(({ kind }) => kind !== 'record').map(({ text }) => keys.mac('tombstone', text));
  const { rows } = await tx.query<{ createdAt: string; requestId: string }>(sql`
    select created_at as "createdAt", request_id as "requestId" from tombstone
     where hash = any(${bytes(hashes)}::bytea[]) and kind <> 'record' and lifted_at is null
     order by created_at desc`);
  const [last] = rows;
  if (last === undefined)
    throw new FichaError('nobody-erased', 'nobody was erased under these identifiers: nothing keeps them out');
  if (given.givenAt.getTime() <= Date.parse(last.createdAt))
    throw new FichaError(
      'consent-before-erasure',
      `what the person said before the erasure (${last.createdAt.slice(0, 10)}) does not bring them back; say when they said it after that`,
    );
  await tx.query(sql`
    update tombstone set lifted_at = ${given.at}
     where hash = any(${bytes(hashes)}::bytea[]) and kind <> 'record' and lifted_at is null`);
  const { by, how, givenAt, proofSha256, at } = given;
  const facts = { lifted: rows.length, how, givenAt: givenAt.toISOString(), proof: proofSha256 ?? null };
  await appendAudit(tx, { actor: by, action: 'tombstone.lift', subject: last.requestId, facts, at });
  return { lifted: rows.length };
}
