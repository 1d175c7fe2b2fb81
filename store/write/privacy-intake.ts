import { createHash, randomBytes } from 'node:crypto';
import type { Correction } from '../../domain/privacy/rectification.ts';
import { normaliseEmail } from '../../domain/record/normalise/email.ts';
import { normalisePhone } from '../../domain/record/normalise/phone.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { KeyRing } from '../../platform/keys.ts';
import type { PrivacyPolicy } from '../../schemas/types.ts';
import { type Db, sql } from '../database.ts';
import { type AskedIdentifier, clientsWith } from '../read/subject-records.ts';
import { appendAudit } from './audit.ts';
import { openRequest } from './privacy-openings.ts';

export type Way = 'form' | 'opendsr' | 'shop';
export type IntakeType = 'access' | 'rectification' | 'erasure' | 'restriction' | 'portability' | 'objection' | 'shop-left';

/** What came in of a person, as the caller wrote it. Kept sealed while it is needed and no longer. */
export interface IntakeContent {
  readonly identifiers: readonly AskedIdentifier[];
  readonly callbacks?: readonly string[];
  readonly changes?: readonly Correction[];
  readonly language?: string;
  /** Shop left: the linked system that it was. */
  readonly systemId?: string;
}

export interface Incoming {
  readonly way: Way;
  /** Controller or shop, by its name in the settings. */
  readonly caller: string;
  /** The caller's own id: the same is taken in once. */
  readonly callerRef: string;
  readonly type: IntakeType;
  readonly receivedAt: Date;
  readonly content: IntakeContent;
}

const context = (id: string): string => `privacy-intake/${id}`;
const later = (at: Date, ms: number): Date => new Date(at.getTime() + ms);
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** What was kept of one intake, unsealed. */
export const openContent = (keys: KeyRing, id: string, sealed: Buffer): IntakeContent =>
  JSON.parse(keys.decrypt(sealed, context(id)).toString('utf8')) as IntakeContent; // sealed by `keepIntake`

export const addressMac = (keys: KeyRing, email: string): Buffer =>
  keys.mac('suppression', `intake:${normaliseEmail(email)?.value ?? email.trim().toLowerCase()}`);

/** Of a form: the token of the link in the mail, and until when it is good. */
export interface ToConfirm {
  readonly token: string;
  readonly expiresAt: Date;
  readonly addressMac: Buffer;
}

export const newConfirmation = (keys: KeyRing, email: string, at: Date, days: number): ToConfirm => ({
  token: randomBytes(32).toString('base64url'),
  expiresAt: new Date(at.getTime() + days * 86_400_000),
  addressMac: addressMac(keys, email),
});

/**
 * Keeps what came in before it is answered; what the caller sent before is known and kept once.
 * @param toConfirm of a form: nothing is opened before the link in the mail was followed
 */
export async function keepIntake(
  tx: Db,
  keys: KeyRing,
  { way, caller, callerRef, type, receivedAt, content }: Incoming,
  toConfirm?: ToConfirm,
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const { rows: made } = await tx.query<{ id: string }>(sql`select uuidv7() as id`);
  const id = made[0]?.id ?? '';
  const sealed = keys.encrypt(Buffer.from(JSON.stringify(content)), context(id));
  const state = toConfirm === undefined ? 'waiting' : 'unconfirmed';
  const { rowCount } = await tx.query(sql`
    insert into privacy_intake (id, way, caller, caller_ref, type, state, received_at, sealed, address_mac, token_hash, expires_at, told)
    values (${id}, ${way}, ${caller}, ${callerRef}, ${type}, ${state}, ${receivedAt}, ${sealed}, ${toConfirm?.addressMac ?? null},
            ${toConfirm === undefined ? null : hashOf(toConfirm.token)}, ${toConfirm?.expiresAt ?? null}, ${way === 'opendsr' ? 'pending' : null})
    on conflict (way, caller, caller_ref) do nothing`);
  if (rowCount === 0) {
    const { rows } = await tx.query<{ id: string }>(sql`
      select id from privacy_intake where way = ${way} and caller = ${caller} and caller_ref = ${callerRef}`);
    return { id: rows[0]?.id ?? '', isNew: false };
  }
  await appendAudit(tx, { actor: `${way}:${caller}`, action: 'intake.received', subject: id, facts: { type }, at: receivedAt });
  return { id, isNew: true };
}

/** The person followed the link in the mail. @throws FichaError `no-such-link`, one answer to a wrong, used or expired one */
export async function confirmIntake(tx: Db, token: string, at: Date): Promise<{ readonly id: string }> {
  const { rows } = await tx.query<{ id: string }>(sql`
    update privacy_intake set state = 'waiting', token_hash = null, proven_at = ${at}
     where token_hash = ${hashOf(token)} and state = 'unconfirmed' and expires_at > ${at}
    returning id`);
  const [found] = rows;
  if (found === undefined) throw new FichaError('no-such-link', 'this link was used, has expired, or never was');
  return found;
}

interface WaitingRow {
  readonly way: Way;
  readonly caller: string;
  readonly type: IntakeType;
  readonly receivedAt: string;
  readonly provenAt: string | null;
  readonly sealed: Buffer;
}

/** What was written, as Ficha keeps it; a telephone without its country stays as it is. */
export const normalised = ({ kind, value }: AskedIdentifier): AskedIdentifier =>
  kind === 'email'
    ? { kind, value: normaliseEmail(value)?.value ?? value.trim() }
    : kind === 'phone'
      ? { kind, value: normalisePhone(value)?.value ?? value.trim() }
      : { kind, value: value.trim() };

/** Whom it is about: one client who carries what was given; nobody in Ficha; or several, of whom none is picked (rule 1). */
async function whoseOf(tx: Db, { identifiers }: IntakeContent) {
  const named = identifiers.map(normalised);
  const clients = await clientsWith(tx, named);
  return clients.length === 1 ? { clientId: clients[0] } : { lookFor: named };
}

/**
 * Opens the request of what came in. Where another request of the person is still open, it waits for its end and is tried again.
 * @returns the request, or undefined while it waits
 */
export async function openIntake(
  tx: Db,
  keys: KeyRing,
  id: string,
  given: { readonly at: Date; readonly policy: PrivacyPolicy },
): Promise<string | undefined> {
  const { rows } = await tx.query<WaitingRow>(sql`
    select way, caller, type, received_at as "receivedAt", proven_at as "provenAt", sealed from privacy_intake
     where id = ${id} and state = 'waiting' and type <> 'shop-left' for update skip locked`);
  const [row] = rows;
  if (row === undefined || row.type === 'shop-left') return undefined;
  const content = openContent(keys, id, row.sealed);
  const proof =
    row.provenAt === null ? { identity: 'manual' as const } : { identity: 'link' as const, provenAt: new Date(row.provenAt) };
  try {
    await tx.query(sql`savepoint opening`);
    const { requestId } = await openRequest(
      tx,
      keys,
      {
        type: row.type,
        ...(await whoseOf(tx, content)),
        ...proof,
        openedBy: `${row.way}:${row.caller}`,
        at: new Date(row.receivedAt),
        ...(content.changes === undefined ? {} : { changes: content.changes }),
      },
      given.policy,
    );
    const keep = row.way === 'opendsr';
    await tx.query(sql`
      update privacy_intake
         set state = ${keep ? 'opened' : 'over'}, request_id = ${requestId}, sealed = case when ${keep} then sealed end, try_at = ${given.at}
       where id = ${id}`);
    return requestId;
  } catch (error) {
    if (!(error instanceof FichaError && error.code === 'request-already-open')) throw error;
    await tx.query(sql`rollback to savepoint opening`);
    await tx.query(sql`update privacy_intake set tries = tries + 1, try_at = ${later(given.at, 60_000)} where id = ${id}`);
    return undefined;
  }
}

/** What came in and waits to be opened, oldest first, at most 100. Index: privacy_intake_waiting. */
export async function waitingIntakes(db: Db, now: Date): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>(sql`
    select id from privacy_intake
     where state = 'waiting' and type <> 'shop-left' and try_at <= ${now} order by try_at limit 100`);
  return rows.map(({ id }) => id);
}

/** How many forms came in: from one address in a day, from all in an hour. They are counted one at a time. Index: privacy_intake_form. */
export async function formsSince(
  tx: Db,
  mac: Buffer,
  { day, hour }: { readonly day: Date; readonly hour: Date },
): Promise<{ readonly address: number; readonly all: number }> {
  await tx.query(sql`select pg_advisory_xact_lock(hashtext('privacy-intake-form'))`);
  const { rows } = await tx.query<{ address: number; all: number }>(sql`
    select count(*) filter (where address_mac = ${mac})::int as address, count(*) filter (where received_at > ${hour})::int as all
      from privacy_intake where way = 'form' and received_at > ${day}`);
  return rows[0] ?? { address: 0, all: 0 };
}

/** A form whose mail did not leave: it never came in. */
export async function forgetIntake(db: Db, id: string): Promise<void> {
  await db.query(sql`delete from privacy_intake where id = ${id} and state = 'unconfirmed'`);
}

/** Forgets forms whose link nobody followed. @returns how many */
export async function forgetUnconfirmed(tx: Db, now: Date): Promise<number> {
  const { rowCount } = await tx.query(sql`delete from privacy_intake where state = 'unconfirmed' and expires_at <= ${now}`);
  return rowCount;
}
