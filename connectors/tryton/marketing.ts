import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import type { EmailOwners } from './owners.ts';
import { isActive } from './party.ts';
import { referenceTo } from './reference.ts';
import type { Row } from './session.ts';
import { listNamed, type TrytonSettings } from './settings.ts';
import { isoOf } from './wire.ts';

/** What is read of an address on a mailing list. Its token is left: who has it can unsubscribe the person. */
export const marketingFields: readonly string[] = ['email', 'active', 'list_.name', 'create_date', 'write_date'];

const changedAt = (row: Row): string | undefined => isoOf(row.write_date) ?? isoOf(row.create_date);

/** An address on a list that is no party's, or several parties', is a record of its own: nobody else would be found by it. */
export function draftOfSubscriber(row: Row): SourceRecordDraft {
  const at = changedAt(row);
  return {
    kind: 'person',
    externalId: referenceTo('marketing.email', row.id),
    raw: row,
    canonical: { emails: [String(row.email)] },
    ...(at === undefined ? {} : { changedAt: at }),
  };
}

/**
 * What the people behind an address said by being on a list: an inactive row is an opt-out, an active one is consent only on a list whose
 * addresses were confirmed. An opt-out of a shared address counts for each party that carries it; a consent never does.
 */
export function draftsOfConsent(row: Row, owners: EmailOwners, settings: TrytonSettings): readonly SourceRecordDraft[] {
  const at = changedAt(row);
  const list = listNamed(settings, (row['list_.'] as { readonly name?: unknown } | null)?.name); // a row or null
  if (at === undefined || list === undefined) return [];
  const denied = !isActive(row);
  const answer = denied ? 'denied' : list.optIn ? 'granted' : 'pending';
  const own = referenceTo('marketing.email', row.id);
  const parties = owners.of(row.email).map((id) => referenceTo('party.party', id));
  const event = {
    purpose: list.purpose,
    channel: 'email',
    answer,
    at,
    // an import writes rows too: the time of an active one is no proof that the person said yes then
    ...(denied ? {} : { atKnown: false }),
    how: denied ? 'mailing-list-left' : 'mailing-list',
    evidence: own,
  };
  const draft = (externalId: string, clientExternalId: string): SourceRecordDraft => ({
    kind: 'consent',
    externalId,
    raw: row,
    canonical: { clientExternalId, ...event },
    changedAt: at,
  });
  if (parties.length === 1) return parties.map((party) => draft(own, party));
  return [draft(own, own), ...(denied ? parties.map((party) => draft(`${own}/${party}`, party)) : [])];
}
