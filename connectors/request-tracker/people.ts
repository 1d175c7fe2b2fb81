import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import type { Cursor, PullPage, RejectedDraft } from '../kit/contract.ts';
import { customFieldsOf, pageSize, profileFields, type RequestTrackerApi, type UserEntry } from './api.ts';

/** Names that RT itself needs; they are no people. */
const systemNames = new Set(['RT_System', 'Nobody']);
/** The name that an erased user gets; unique, so it carries the number. */
export const erasedName = (id: string | number): string => `ficha-erased-${id}`;
export const isErased = (user: UserEntry): boolean => user.Name === erasedName(user.id);

const isText = (value: unknown): boolean => value === undefined || value === null || typeof value === 'string';
const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
const filled = (values: readonly unknown[]): string[] => values.map(text).filter((value) => value !== '');
const optional = (name: string, value: string): Record<string, string> => (value === '' ? {} : { [name]: value });

/** Records that RT wrote by itself when it met an address; nothing that anyone noted about the person. */
const notes = (user: UserEntry): string => (text(user.Comments).startsWith('Autocreated ') ? '' : text(user.Comments));

function addressOf(user: UserEntry): Record<string, string> | undefined {
  const country = text(user.Country);
  const address = {
    ...optional('street', filled([user.Address1, user.Address2]).join(', ')),
    ...optional('city', text(user.City)),
    ...optional('postcode', text(user.Zip)),
    ...optional('region', text(user.State)),
    ...optional('country', /^[A-Za-z]{2}$/.test(country) ? country.toUpperCase() : ''),
  };
  return Object.keys(address).length === 0 ? undefined : address;
}

/** A user as a canonical person. The login name counts as an e-mail address where it is one: RT names the users it makes so. */
export function personDraft(user: UserEntry): SourceRecordDraft {
  const emails = filled([user.EmailAddress]);
  if (emails.length === 0 && /^[^@\s]+@[^@\s]+$/.test(user.Name)) emails.push(user.Name);
  const phones = filled([user.MobilePhone, user.WorkPhone, user.HomePhone, user.PagerPhone]);
  const address = addressOf(user);
  const language = text(user.Lang).slice(0, 2).toLowerCase();
  const canonical = {
    ...optional('fullName', text(user.RealName)),
    ...(emails.length === 0 ? {} : { emails }),
    ...(phones.length === 0 ? {} : { phones }),
    ...(address === undefined ? {} : { addresses: [address] }),
    ...optional('companyName', text(user.Organization)),
    ...optional('language', /^[a-z]{2}$/.test(language) ? language : ''),
    ...optional('notes', notes(user)),
  };
  const held = ['Name', ...profileFields, 'Created'].flatMap((field) =>
    text(user[field]) === '' ? [] : [[field, user[field]] as const],
  );
  const raw = { id: user.id, ...Object.fromEntries(held), CustomFields: customFieldsOf(user) };
  return { kind: 'person', externalId: String(user.id), raw, canonical, changedAt: new Date(user.LastUpdated).toISOString() };
}

/** Whether a user is a person that Ficha should know: not RT's own, not erased, and not staff unless the settings want them. */
const isClient = (user: UserEntry, staff: ReadonlySet<number>): boolean =>
  !systemNames.has(user.Name) && !isErased(user) && !staff.has(user.id);

/** Users of one page as drafts; a user that RT shows without number or name is kept aside. */
function readUsers(users: readonly UserEntry[], staff: ReadonlySet<number>): Pick<PullPage, 'records' | 'rejected'> {
  const rejected: RejectedDraft[] = [];
  const records: SourceRecordDraft[] = [];
  for (const user of users) {
    const retyped = profileFields.find((field) => !isText(user[field]));
    if (typeof user.id !== 'number' || typeof user.Name !== 'string' || Number.isNaN(Date.parse(user.LastUpdated))) {
      rejected.push({
        reasonCode: 'user-unreadable',
        reason: 'id, Name or LastUpdated is missing or not of its type',
        raw: user,
      });
    } else if (retyped !== undefined) {
      const reason = `${retyped} is not a text`;
      rejected.push({ externalId: String(user.id), reasonCode: 'field-retyped', reason, raw: user });
    } else if (isClient(user, staff)) records.push(personDraft(user));
  }
  return { records, rejected };
}

const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

/**
 * Users as persons. RT drops a condition on LastUpdated in a search of users, so an incremental run reads the latest changes first and
 * stops at what it knows; a user changed meanwhile moves to the front and comes again in the next run. A full run goes by number.
 * @param lookbackMs how far the clocks may differ
 */
export async function* pullPeople(
  api: RequestTrackerApi,
  includeStaff: boolean,
  cursor: Cursor | null,
  now: Date,
  lookbackMs: number,
): AsyncGenerator<PullPage> {
  const since = number(cursor?.since);
  const startedAt = number(cursor?.startedAt) || now.getTime();
  const order = since > 0 ? 'latest-change-first' : 'oldest-first';
  // Latest first, pages shift while the run goes on: a broken run starts over. By number they do not: it goes on.
  for (let page = since > 0 ? 1 : number(cursor?.page) || 1; ; page += 1) {
    const { items } = await api.users([], page, order);
    const fresh = items.filter((user) => since === 0 || !(Date.parse(user.LastUpdated) < since - lookbackMs));
    const numbers = includeStaff ? [] : fresh.flatMap(({ id }) => (typeof id === 'number' ? [id] : []));
    const staff = await api.staffAmong(numbers);
    const last = items.length < pageSize || fresh.length < items.length;
    const midway: Cursor = since > 0 ? { version: 1, since } : { version: 1, startedAt, page: page + 1 };
    const complete = last && since === 0 ? { complete: true } : {};
    yield {
      ...readUsers(fresh, staff),
      deleted: [],
      cursor: last ? { version: 1, since: startedAt } : midway,
      last,
      ...complete,
    };
    if (last) return;
  }
}
