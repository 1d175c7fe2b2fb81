import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import type { Cursor, PullPage } from '../kit/contract.ts';
import { type AddressEntry, type MailmanApi, userIdOf } from './api.ts';

const pageSize = 500;

/** Mailman writes naive UTC with microseconds: `2026-11-23T14:30:43.594815`. */
export const utc = (naive: string): string => new Date(`${naive.slice(0, 23)}Z`).toISOString();

/** One person per address. The other addresses of the same Mailman user come after it: they are the same account. */
function personDraft(address: AddressEntry, ofUser: readonly AddressEntry[]): SourceRecordDraft {
  const others = ofUser.filter(({ email }) => email !== address.email).map((other) => other.original_email);
  const name = address.display_name?.trim() ?? '';
  return {
    kind: 'person',
    externalId: address.email,
    canonical: { ...(name === '' ? {} : { fullName: name }), emails: [address.original_email, ...others] },
    raw: {
      email: address.email,
      original_email: address.original_email,
      display_name: address.display_name,
      registered_on: address.registered_on,
      verified_on: address.verified_on,
      user_id: userIdOf(address),
    },
    changedAt: utc(address.registered_on),
  };
}

/** All addresses by the user they belong to; an address without a user is left out. */
export function byUser(addresses: Iterable<AddressEntry>): Map<string, AddressEntry[]> {
  const users = new Map<string, AddressEntry[]>();
  for (const address of addresses) {
    const userId = userIdOf(address);
    if (userId !== undefined) users.set(userId, [...(users.get(userId) ?? []), address]);
  }
  return users;
}

/** Cuts drafts into pages; every page but the last keeps the old cursor, so that a run that broke off starts over. */
export function* inPages(drafts: readonly SourceRecordDraft[], before: Cursor, after: Cursor): Generator<PullPage> {
  const count = Math.max(1, Math.ceil(drafts.length / pageSize));
  for (let page = 0; page < count; page += 1) {
    const last = page === count - 1;
    const records = drafts.slice(page * pageSize, (page + 1) * pageSize);
    yield { records, rejected: [], deleted: [], cursor: last ? after : before, last, ...(last ? { complete: true } : {}) };
  }
}

/** Every address that the server knows, subscribed or not. Mailman cannot say what changed, so each run lists all. */
export async function* pullPeople(api: MailmanApi): AsyncGenerator<PullPage> {
  const addresses = await api.addresses();
  const users = byUser(addresses.values());
  const drafts = [...addresses.values()].map((address) => personDraft(address, users.get(userIdOf(address) ?? '') ?? []));
  yield* inPages(drafts, { version: 1 }, { version: 1 });
}
