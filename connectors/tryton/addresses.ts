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

/** The parties that carry each of these addresses, compared without case. */
export async function partiesByEmail(
  session: TrytonSession,
  emails: readonly string[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const found = new Map<string, readonly number[]>();
  for (const email of emails) {
    const clauses = ['value', 'value_compact'].map((field) => [field, 'ilike', likeExactly(email)]);
    const domain = [
      ['type', '=', 'email'],
      ['OR', ...clauses],
    ];
    const rows = await session.all('party.contact_mechanism', domain, ['value', 'value_compact', 'party']);
    const same = rows.filter(({ value, value_compact }) =>
      [value, value_compact].some((text) => textOrNull(text)?.trim().toLowerCase() === email),
    );
    found.set(email, [...new Set(same.map(({ party }) => Number(party)))]);
  }
  return found;
}

/** Those of the addresses that other parties carry too. */
export async function sharedEmails(
  session: TrytonSession,
  emails: readonly string[],
  partyId: number,
): Promise<ReadonlySet<string>> {
  const parties = await partiesByEmail(session, emails);
  return new Set(emails.filter((email) => parties.get(email)?.some((party) => party !== partyId)));
}
