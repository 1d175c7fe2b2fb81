import type { EraseResult, ExportedRecord, Identifier, RecordRef, Residue, VerifyResult, WriteOptions } from '../kit/contract.ts';
import { customFieldsOf, customFieldValues, profileFields, type RequestTrackerApi, type UserEntry } from './api.ts';
import { erasedName, isErased } from './people.ts';
import { ticketFields, ticketMessages } from './ticket.ts';

const userHistory: Residue = { where: 'user history (old values)', due: null };

const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
const heldFields = (user: UserEntry): string[] => profileFields.filter((field) => text(user[field]) !== '');
const isBlank = (user: UserEntry, field: string): boolean =>
  isErased(user) && heldFields(user).length === 0 && (customFieldValues(user, field) ?? []).length === 0;

/** Every user with one of these addresses, as e-mail or as login name, or with one of these numbers. RT cannot search phones. */
export async function lookup(api: RequestTrackerApi, identifiers: readonly Identifier[]): Promise<readonly RecordRef[]> {
  const found = new Set<string>();
  for (const { kind, value } of identifiers) {
    if (kind === 'external-id' && /^\d+$/.test(value) && (await api.user(value))) found.add(value);
    if (kind !== 'email') continue;
    const wanted = value.trim().toLowerCase();
    for (const field of ['EmailAddress', 'Name']) {
      const { items } = await api.users([{ field, operator: '=', value: wanted }], 1, 'oldest-first');
      for (const user of items) if (text(user[field]).toLowerCase() === wanted) found.add(String(user.id));
    }
  }
  return [...found].map((externalId) => ({ kind: 'person', externalId }));
}

/** What the user's history still tells about them: the texts of changed fields, without what an erasure itself wrote. */
async function oldValues(api: RequestTrackerApi, id: string): Promise<readonly string[]> {
  const told = new Set<string>();
  for (const { Field, OldValue, NewValue } of await api.history(id)) {
    if (Field !== 'Name' && !profileFields.some((field) => field === Field)) continue;
    for (const value of [text(OldValue), text(NewValue)])
      if (value !== '' && value !== erasedName(id)) told.add(value.toLowerCase());
  }
  return [...told];
}

/** Tickets of the person whose messages hold one of their old values; all of them when no old value is known. */
async function tellingTickets(api: RequestTrackerApi, id: string, values: readonly string[]): Promise<number> {
  let telling = 0;
  for (const ticket of await api.ticketsOf(id)) {
    const messages = await api.attachments(ticket.id);
    const all = messages
      .map(({ Subject, Headers, Content }) => `${Subject ?? ''}\n${Headers ?? ''}\n${Content ?? ''}`.toLowerCase())
      .join('\n');
    if (messages.length > 0 && (values.length === 0 || values.some((value) => all.includes(value)))) telling += 1;
  }
  return telling;
}

/** What RT still holds of an anonymised user, by the history and the tickets: reads that the erasure does not write through. */
async function residueOf(
  api: RequestTrackerApi,
  id: string,
): Promise<{ readonly residue: readonly Residue[]; readonly count: number }> {
  const values = await oldValues(api, id);
  const tickets = await tellingTickets(api, id, values);
  const residue = [...(values.length > 0 ? [userHistory] : []), ...(tickets > 0 ? [ticketMessages] : [])];
  return { residue, count: values.length + tickets };
}

/**
 * Blanks the user, gives them a name without meaning and disables them. RT cannot delete over REST2: the user stays the requestor of their
 * tickets, and history and messages keep old values until an administrator runs rt-shredder on the host, so the result is `partial`.
 * A privileged user is staff and is left to people: erasing one could lock everyone out.
 */
export async function erase(api: RequestTrackerApi, field: string, ref: RecordRef, options: WriteOptions): Promise<EraseResult> {
  const id = ref.externalId;
  const user = await api.user(id);
  if (user === undefined) return { result: 'done', residue: [] };
  if (Number(user.Privileged)) return { result: 'refused', code: 'user-is-staff', residue: [{ where: 'user', due: null }] };
  if (options.dryRun === true) return { result: 'would-erase', residue: [userHistory, ticketMessages] };
  if (!isBlank(user, field)) {
    const blanks = Object.fromEntries(heldFields(user).map((name) => [name, '']));
    const noted = (customFieldValues(user, field) ?? []).length > 0 ? { CustomFields: { [field]: [] } } : {};
    const status = await api.update(id, { ...blanks, ...noted, Name: erasedName(id) });
    const after = await api.user(id);
    if (after !== undefined && !isBlank(after, field)) {
      const kept = [...heldFields(after), ...(isErased(after) ? [] : ['Name'])];
      return {
        result: 'refused',
        code: 'fields-not-blanked',
        status,
        residue: kept.map((where) => ({ where: `user ${where}`, due: null })),
      };
    }
  }
  if (!Number(user.Disabled)) await api.disable(id);
  const { residue } = await residueOf(api, id);
  return { result: residue.length === 0 ? 'done' : 'partial', residue };
}

/** Whether RT still holds anything of the person: the user's fields, the history's old values, the messages of their tickets. */
export async function verify(api: RequestTrackerApi, field: string, ref: RecordRef): Promise<VerifyResult> {
  const user = await api.user(ref.externalId);
  if (user === undefined) return { result: 'gone', residue: [], count: 0 };
  const blank = isBlank(user, field);
  const { residue, count } = await residueOf(api, ref.externalId);
  const all = blank ? residue : [{ where: 'user', due: null }, ...residue];
  return { result: all.length === 0 ? 'gone' : 'present', residue: all, count: blank ? count : count + 1 };
}

/** The user, and the tickets they asked for with their messages. */
export async function exportRecord(api: RequestTrackerApi, ref: RecordRef): Promise<ExportedRecord | null> {
  const user = await api.user(ref.externalId);
  if (user === undefined) return null;
  const profile = ['Name', ...profileFields].flatMap((field) =>
    text(user[field]) === '' ? [] : [[field, user[field]] as const],
  );
  const tickets = [];
  for (const ticket of await api.ticketsOf(ref.externalId)) {
    if (!ticket.Requestor.some(({ id }) => String(id) === ref.externalId)) continue;
    tickets.push(await ticketFields(api, ticket));
  }
  const fields = {
    id: user.id,
    ...Object.fromEntries(profile),
    Created: user.Created,
    CustomFields: customFieldsOf(user),
    tickets,
  };
  return { ref, fields, attachments: [] };
}
