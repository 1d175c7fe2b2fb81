import type { Row, TrytonSession } from './session.ts';

export interface Mechanism {
  readonly id: number;
  readonly type: string;
  readonly value: string | null;
  readonly value_compact: string | null;
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
/** `_` stands for any one letter, itself included: SQLite and PostgreSQL do not agree on how to escape it. */
const likeExactly = (text: string): string => text.replaceAll(/[\\%]/g, '_');

/** The contact mechanisms of a party, active or not, read from their own model. */
export async function mechanismsOf(session: TrytonSession, partyId: number): Promise<readonly Mechanism[]> {
  const rows = await session.all('party.contact_mechanism', [['party', '=', partyId]], ['type', 'value', 'value_compact']);
  return rows.map(({ id, type, value, value_compact }) => ({
    id,
    type: String(type),
    value: textOrNull(value),
    value_compact: textOrNull(value_compact),
  }));
}

/** E-mail addresses of a party as the marketing rows write them. After the vendor's erasure they are in `value_compact` only. */
export const emailsOf = (mechanisms: readonly Mechanism[]): readonly string[] => {
  const emails = mechanisms.filter(({ type }) => type === 'email').flatMap(({ value, value_compact }) => [value, value_compact]);
  return [...new Set(emails.filter((email) => email !== null).map((email) => email.trim().toLowerCase()))];
};

/** The rows of these addresses on any mailing list, active or not. */
export async function marketingRows(session: TrytonSession, emails: readonly string[]): Promise<readonly Row[]> {
  if (emails.length === 0) return [];
  return session.all('marketing.email', [['email', 'in', emails]], ['email', 'active', 'list_.name']);
}

type Copy = 'value' | 'value_compact';

/** The parties that carry each of these addresses, compared without case; `value_compact` also finds those that were erased by hand. */
export async function partiesByEmail(
  session: TrytonSession,
  emails: readonly string[],
  copies: readonly Copy[] = ['value', 'value_compact'],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const found = new Map<string, readonly number[]>();
  for (const email of emails) {
    const domain = [
      ['type', '=', 'email'],
      ['OR', ...copies.map((copy) => [copy, 'ilike', likeExactly(email)])],
    ];
    const rows = await session.all('party.contact_mechanism', domain, [...copies, 'party']);
    const same = rows.filter((row) => copies.some((copy) => textOrNull(row[copy])?.trim().toLowerCase() === email));
    found.set(email, [...new Set(same.map(({ party }) => Number(party)))]);
  }
  return found;
}

/** Those of the addresses that other parties use too. */
export async function sharedEmails(
  session: TrytonSession,
  emails: readonly string[],
  partyId: number,
): Promise<ReadonlySet<string>> {
  const parties = await partiesByEmail(session, emails, ['value']);
  return new Set(emails.filter((email) => parties.get(email)?.some((party) => party !== partyId)));
}
