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
  /** The form that it came by: an id of Ficha's own. */
  readonly submission?: string;
  readonly by: string;
  readonly at: Date;
  /** The record that says it: the same address is the same record, which was erased too. */
  readonly record?: { readonly systemId: string; readonly externalId: string };
}

interface Erasures {
  readonly hashes: readonly Buffer[];
  readonly lifted: number;
  /** When the last one was erased, and by which request. */
  readonly createdAt: string;
  readonly requestId: string;
}

/** The tombstones in force under these identifiers; ids of records are not among them, but for the one that says it. */
async function erasedUnder(
  tx: Db,
  keys: KeyRing,
  { identifiers, record }: Pick<Readmission, 'identifiers' | 'record'>,
): Promise<Erasures | undefined> {
  const { systemId, externalId } = record ?? { systemId: '', externalId: '' };
  const texts = tombstoneTexts({ systemId, kind: 'person', externalId, identifiers });
  const hashes = texts
    .filter(({ kind }) => kind !== 'record' || record !== undefined)
    .map(({ text }) => keys.mac('tombstone', text));
  const { rows } = await tx.query<{ createdAt: string; requestId: string }>(sql`
    select created_at as "createdAt", request_id as "requestId" from tombstone
     where hash = any(${bytes(hashes)}::bytea[]) and lifted_at is null
     order by created_at desc`);
  const [last] = rows;
  return last === undefined ? undefined : { ...last, hashes, lifted: rows.length };
}

async function lift(tx: Db, { hashes, lifted, requestId }: Erasures, given: Readmission): Promise<{ readonly lifted: number }> {
  const { by, how, givenAt, proofSha256, submission, at } = given;
  await tx.query(sql`
    update tombstone set lifted_at = ${at}
     where hash = any(${bytes(hashes)}::bytea[]) and lifted_at is null`);
  const proof = { proof: proofSha256 ?? null, ...(submission === undefined ? {} : { submission }) };
  const facts = { lifted, how, givenAt: givenAt.toISOString(), ...proof };
  await appendAudit(tx, { actor: by, action: 'tombstone.lift', subject: requestId, facts, at });
  return { lifted };
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
  const erased = await erasedUnder(tx, keys, given);
  if (erased === undefined)
    throw new FichaError('nobody-erased', 'nobody was erased under these identifiers: nothing keeps them out');
  if (given.givenAt.getTime() <= Date.parse(erased.createdAt))
    throw new FichaError(
      'consent-before-erasure',
      `what the person said before the erasure (${erased.createdAt.slice(0, 10)}) does not bring them back; say when they said it after that`,
    );
  return await lift(tx, erased, given);
}

/**
 * The same for a yes that nobody looks at before it is stored. Nothing happens when nobody was erased under these identifiers, or when the
 * erasure came after the yes.
 */
export async function readmitIfErased(tx: Db, keys: KeyRing, given: Readmission): Promise<void> {
  if ((await erasedUnder(tx, keys, given)) === undefined) return; // arrivals of others need not wait
  await holdArrivals(tx);
  const erased = await erasedUnder(tx, keys, given);
  if (erased !== undefined && given.givenAt.getTime() > Date.parse(erased.createdAt)) await lift(tx, erased, given);
}
