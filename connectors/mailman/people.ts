import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import type { Cursor, PullPage, RejectedDraft } from '../kit/contract.ts';
import { inPlaces } from '../kit/in-places.ts';
import { type AddressEntry, type MailmanApi, userIdOf } from './api.ts';

const pageSize = 500;

/** Mailman writes naive UTC with microseconds: `2026-11-23T14:30:43.594815`. */
export const utc = (naive: string): string => new Date(`${naive.slice(0, 23)}Z`).toISOString();

/** The first field that is not of the type that Mailman gives it, by name. */
function retypedField({ email, original_email, display_name, registered_on, user }: AddressEntry): string | undefined {
  const isText = (value: unknown): boolean => typeof value === 'string';
  const texts = { email, original_email, display_name: display_name ?? '', registered_on, user: user ?? '' };
  return Object.entries(texts).find(([, value]) => !isText(value))?.[0];
}

/** One person per address. The other addresses of the same Mailman user come after it: they are the same account. */
function personDraft(address: AddressEntry, ofUser: readonly AddressEntry[]): SourceRecordDraft | RejectedDraft {
  const { self_link: _link, http_etag: _tag, user: _user, ...held } = address as AddressEntry & Record<string, unknown>; // links move with the host
  const raw = { ...held, user_id: userIdOf(address) };
  const retyped = retypedField(address);
  if (retyped !== undefined)
    return { externalId: address.email, reasonCode: 'field-retyped', reason: `${retyped} is not a text`, raw };
  const others = ofUser.filter(({ email }) => email !== address.email).map((other) => other.original_email);
  const name = address.display_name?.trim() ?? '';
  return {
    kind: 'person',
    externalId: address.email,
    canonical: { ...(name === '' ? {} : { fullName: name }), emails: [address.original_email, ...others] },
    raw,
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

/** Cuts drafts into pages; every page but the last keeps what the run began with and how far it came. */
export function* inPages(
  drafts: readonly (SourceRecordDraft | RejectedDraft)[],
  before: Cursor | null,
  after: Cursor,
): Generator<PullPage> {
  const { through: from, ...begun } = before ?? { version: 1 };
  for (const { items, through } of inPlaces(drafts, ({ externalId = '' }) => externalId, pageSize, from)) {
    const last = through === undefined;
    yield {
      records: items.filter((draft) => 'kind' in draft),
      rejected: items.filter((draft): draft is RejectedDraft => !('kind' in draft)),
      deleted: [],
      cursor: last ? after : { ...begun, version: 1, through },
      last,
      ...(last ? { complete: true } : {}),
    };
  }
}

/** Every address that the server knows, subscribed or not. Mailman cannot say what changed, so each run lists all. */
export async function* pullPeople(api: MailmanApi, cursor: Cursor | null): AsyncGenerator<PullPage> {
  const addresses = await api.addresses();
  const users = byUser(addresses.values());
  const drafts = [...addresses.values()].map((address) => personDraft(address, users.get(userIdOf(address) ?? '') ?? []));
  yield* inPages(drafts, cursor, { version: 1 });
}
