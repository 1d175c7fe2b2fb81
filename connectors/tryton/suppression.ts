import type { ConsentReading, RecordRef, SuppressionOrder, SuppressResult, UnsuppressionOrder } from '../kit/contract.ts';
import { emailsOf, marketingRows, mechanismsOf, sharedEmails } from './addresses.ts';
import { isActive } from './party.ts';
import { readReference } from './reference.ts';
import type { Row, TrytonSession } from './session.ts';
import { listNamed, purposesOf, type TrytonSettings } from './settings.ts';

type Purposed = Row & { readonly purpose: string; readonly optIn: boolean };

/** The mailing-list rows of a record with the purpose of their list; undefined when the record cannot be mailed. */
async function listed(session: TrytonSession, settings: TrytonSettings, ref: RecordRef): Promise<readonly Purposed[]> {
  const reference = readReference(ref);
  if (reference === undefined) return [];
  const own = async (): Promise<readonly Row[]> => {
    const [row] = await session.search('marketing.email', { domain: [['id', '=', reference.id]], fields: ['email'] });
    return row === undefined ? [] : marketingRows(session, [String(row.email)]);
  };
  const ofParty = async (): Promise<readonly Row[]> =>
    marketingRows(session, emailsOf(await mechanismsOf(session, reference.id)));
  const rows = reference.model === 'party.party' ? await ofParty() : reference.model === 'marketing.email' ? await own() : [];
  return rows.flatMap((row) => {
    const list = listNamed(settings, (row['list_.'] as { readonly name?: unknown } | null)?.name); // a row or null
    return list === undefined ? [] : [{ ...row, purpose: list.purpose, optIn: list.optIn }];
  });
}

const serving = (rows: readonly Purposed[], purpose: string): readonly Purposed[] =>
  rows.filter((row) => purpose === '*' || row.purpose === purpose);

const answerOf = (rows: readonly Purposed[]): ConsentReading['answer'] => {
  const active = rows.filter(isActive);
  if (active.length === 0) return 'denied'; // on no list, or left all: nothing is sent
  return active.every(({ optIn }) => optIn) ? 'granted' : 'pending';
};

/** Whether the ERP's mailing lists would now write to this record, for each purpose that they serve. */
export async function readConsent(
  session: TrytonSession,
  settings: TrytonSettings,
  ref: RecordRef,
): Promise<readonly ConsentReading[]> {
  const rows = await listed(session, settings, ref);
  return purposesOf(settings).map((purpose) => ({ channel: 'email', purpose, answer: answerOf(serving(rows, purpose)) }));
}

/** Writes `active` and asks the server, by a count of what is not as ordered. */
async function setActive(session: TrytonSession, rows: readonly Row[], active: boolean): Promise<SuppressResult> {
  const ids = rows.map(({ id }) => id);
  await session.call('model.marketing.email.write', ids, { active });
  const left = await session.count('marketing.email', [
    ['id', 'in', ids],
    ['active', '=', !active],
  ]);
  return left === 0 ? { result: 'applied' } : { result: 'refused', code: 'not-changed' };
}

const served = (settings: TrytonSettings, { purpose }: SuppressionOrder): boolean =>
  purpose === '*' || purposesOf(settings).includes(purpose);

/**
 * Stops the mailing lists of a purpose for every address of a record. The row stays, inactive, so that an import cannot subscribe the
 * address again. Tryton has no other way to contact people in bulk and no flag on the party.
 */
export async function suppress(
  session: TrytonSession,
  settings: TrytonSettings,
  ref: RecordRef,
  order: SuppressionOrder,
): Promise<SuppressResult> {
  if (order.channel !== 'email') return { result: 'unsupported', code: 'channel-not-used' };
  if (!served(settings, order)) return { result: 'already', code: 'no-list-for-purpose' };
  const rows = serving(await listed(session, settings, ref), order.purpose);
  if (rows.length === 0) return { result: 'absent', code: 'not-subscribed' };
  const open = rows.filter(isActive);
  if (open.length === 0) return { result: 'already' };
  return order.dryRun === true ? { result: 'would-apply' } : setActive(session, open, false);
}

/** Starts the mailing lists of a purpose again where the record is on them. Never subscribes, and never a shared address. */
export async function unsuppress(
  session: TrytonSession,
  settings: TrytonSettings,
  ref: RecordRef,
  order: UnsuppressionOrder,
): Promise<SuppressResult> {
  if (order.consentEventId === '') return { result: 'refused', code: 'no-consent-proof' };
  if (order.channel !== 'email' || !served(settings, order)) return { result: 'unsupported', code: 'channel-not-used' };
  const rows = serving(await listed(session, settings, ref), order.purpose);
  if (rows.length === 0) return { result: 'absent', code: 'not-subscribed' };
  const closed = rows.filter((row) => !isActive(row));
  if (closed.length === 0) return { result: 'already' };
  const partyId = readReference(ref)?.model === 'party.party' ? (readReference(ref)?.id ?? 0) : 0;
  const shared = await sharedEmails(
    session,
    closed.map(({ email }) => String(email)),
    partyId,
  );
  if (shared.size > 0) return { result: 'refused', code: 'shared-address' };
  return order.dryRun === true ? { result: 'would-apply' } : setActive(session, closed, true);
}
