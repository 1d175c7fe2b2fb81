import { createHash } from 'node:crypto';
import { FichaError } from '../../domain/record/error.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { type Db, sql } from '../database.ts';
import { afterEvents } from './consent.ts';

/** What a person told us themselves: on the telephone, by a link in a mail, on the preference page. */
export interface SaidConsent {
  /** The record of the person who said it, where it is known; else one of the client's is taken. */
  readonly recordId?: string;
  /** Its client, or an id that was merged into it. */
  readonly clientId: string;
  /** `*` is every purpose. */
  readonly purpose: string;
  /** `any` is every channel. */
  readonly channel: string;
  /** `pending`: a yes that waits for the person's confirmation. */
  readonly answer: 'granted' | 'denied' | 'pending';
  readonly at: Date;
  readonly receivedAt: Date;
  readonly how: string;
  readonly textVersion?: string;
  readonly language?: string;
  readonly evidence?: string;
  /** Whose word it is; the person's own when left out. */
  readonly givenBy?: 'person' | 'holder-of-parental-responsibility';
  readonly legalBasis?: string;
  /** Who noted it: the subject of a token, or `person`. */
  readonly by: string;
}

/** Where an event goes: the record that said it while it is there, else the client's best-ranked record, which it then follows. */
async function recordOf(tx: Db, { recordId, clientId }: SaidConsent): Promise<{ recordId: string; state: string }> {
  const { rows } = await tx.query<{ recordId: string; state: string }>(sql`
    select r.id as "recordId", c.state
      from source_record r
      join linked_system s on s.id = r.linked_system_id
      join client c on c.id = r.client_id
     where r.kind in ('person', 'company') and (r.deleted_at is null or c.state = 'restricted')
       and (r.id = ${recordId ?? null}::bigint
            or r.client_id = coalesce((select a.client_id from client_alias a where a.alias_id = ${clientId}), ${clientId}::uuid))
     order by (r.id = ${recordId ?? null}::bigint) is true desc, s.source_rank, r.id
     limit 1`);
  const [found] = rows;
  if (found === undefined) {
    throw new FichaError(
      'unknown-client',
      'no client has this id, or none of their records is left; `ficha client find` finds clients',
    );
  }
  return found;
}

/**
 * Writes one thing that a person said into the ledger, with what must follow. The same of the same person at the same time again changes nothing.
 * @returns whether the ledger did not hold it yet
 * @throws FichaError `unknown-client`, `said-in-the-future`, `client-on-hold` (a yes of a restricted or blocked client)
 */
export async function recordSaidConsent(tx: Db, keys: KeyRing, said: SaidConsent): Promise<{ readonly isNew: boolean }> {
  const { purpose, channel, answer, at, receivedAt, how, textVersion = null, language = null, evidence = null, by } = said;
  const { givenBy = 'person', legalBasis = 'consent' } = said;
  if (at.getTime() > receivedAt.getTime() + 60_000)
    throw new FichaError('said-in-the-future', '`at` is in the future; give the time when it was said');
  const { recordId, state } = await recordOf(tx, said);
  if (answer !== 'denied' && state !== 'active') {
    throw new FichaError('client-on-hold', `this client is ${state}: a yes is taken only after the hold is lifted`);
  }
  const { rows: subjects } = await tx.query<{ id: string }>(sql`
    insert into consent_subject (source_record_id) values (${recordId})
    on conflict (source_record_id) do update set source_record_id = excluded.source_record_id
    returning id`);
  const subjectId = subjects[0]?.id ?? '';
  // a child's own yes, and that of who answers for the child, are two
  const who = givenBy === 'person' ? [] : [givenBy];
  const once = createHash('sha256')
    .update([subjectId, purpose, channel, answer, at.toISOString(), ...who].join('|'))
    .digest();
  const { rowCount } = await tx.query(sql`
    insert into consent_event (subject_id, purpose, channel, answer, at, received_at, text_version, language, how, evidence, given_by, legal_basis,
                               dedupe_key)
    values (${subjectId}, ${purpose}, ${channel}, ${answer}, ${at}, ${receivedAt}, ${textVersion}, ${language}, ${how}, ${evidence}, ${givenBy}, ${legalBasis},
            ${once})
    on conflict (dedupe_key) do nothing`);
  if (rowCount > 0) {
    await afterEvents(tx, keys, [{ subjectId, recordId, purpose, channel, answer, said: at.toISOString() }], receivedAt, by);
  }
  return { isNew: rowCount > 0 };
}
