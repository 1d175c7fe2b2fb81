import { FichaError } from '../../domain/record/error.ts';
import type { Answer, Send } from '../kit/hooks.ts';

/** What Mailman's REST answers, as far as Ficha reads it. https://docs.mailman3.org/projects/mailman/en/latest/src/mailman/rest/docs/rest.html */
export interface AddressEntry {
  readonly email: string;
  readonly original_email: string;
  readonly display_name?: string;
  readonly registered_on: string;
  readonly verified_on?: string;
  /** Address of the user's own page; its last part is the user id. */
  readonly user?: string;
}

export interface MemberEntry {
  readonly member_id: string;
  readonly email: string;
  readonly list_id: string;
  readonly role: string;
  readonly delivery_mode: string;
  readonly user?: string;
}

export interface UserEntry {
  readonly user_id: string;
  readonly created_on: string;
  readonly display_name?: string;
}

interface Page<Entry> {
  readonly total_size: number;
  /** Absent when empty, even past the end. */
  readonly entries?: readonly Entry[];
}

const pageSize = 1000;

export const userIdOf = (entry: { readonly user?: string }): string | undefined =>
  typeof entry.user === 'string' ? entry.user.split('/').at(-1) : undefined;

/**
 * Calls of Mailman's REST API 3.1. Mailman writes the address of every request in its access log, so an e-mail address is never part of
 * one (rule 9): it travels in a form, or the whole collection is read. Lifting a ban and deleting an address without a user leave no choice.
 */
export class MailmanApi {
  readonly #send: Send;

  constructor(send: Send) {
    this.#send = send;
  }

  version(): Promise<Answer> {
    return this.#send({ method: 'GET', path: '/system/versions', expect: [401, 403] });
  }

  async listExists(listId: string): Promise<boolean> {
    return (await this.#send({ method: 'GET', path: `/lists/${listId}`, expect: [404] })).status === 200;
  }

  /** A whole collection. Read again when its size changed meanwhile, so that an entry that moved between pages is not missed. */
  async #all<Entry>(
    path: string,
    query: Readonly<Record<string, string>>,
    keyOf: (entry: Entry) => string,
  ): Promise<Map<string, Entry>> {
    const all = new Map<string, Entry>();
    for (let round = 0; round < 5; round += 1) {
      const before = all.size;
      const sizes = new Set<number>();
      const seen = new Set<string>();
      for (let page = 1; ; page += 1) {
        const { body } = await this.#send({ method: 'GET', path, query: { ...query, count: pageSize, page } });
        const { entries = [], total_size } = body as Page<Entry>; // the shape is the vendor's; fields are checked where they are mapped
        sizes.add(total_size);
        for (const entry of entries) {
          all.set(keyOf(entry), entry);
          seen.add(keyOf(entry));
        }
        if (entries.length < pageSize) break;
      }
      if (sizes.size === 1 && sizes.has(seen.size) && (round === 0 || before === all.size)) return all;
    }
    throw new FichaError(
      'collection-keeps-changing',
      `mailman, ${path}: it changed during five readings. Sync at a quieter time.`,
      {
        retry: 'later',
      },
    );
  }

  addresses(): Promise<Map<string, AddressEntry>> {
    return this.#all<AddressEntry>('/addresses', {}, ({ email }) => email);
  }

  /** E-mail addresses that are members of a list, by the delivery status in force for them when one is named. */
  async memberEmails(listId: string, deliveryStatus?: string): Promise<ReadonlySet<string>> {
    const status = deliveryStatus === undefined ? {} : { delivery_status: deliveryStatus };
    const members = await this.#all<MemberEntry>(
      '/members/find',
      { list_id: listId, role: 'member', ...status },
      ({ email }) => email,
    );
    return new Set(members.keys());
  }

  /** Memberships of exactly this address: `*` in a search is a wildcard to Mailman. */
  async membershipsOf(email: string): Promise<readonly MemberEntry[]> {
    const { body } = await this.#send({ method: 'POST', path: '/members/find', reads: true, form: { subscriber: email } });
    const found = (body as Page<MemberEntry>).entries ?? []; // see #all
    return [...new Map(found.filter((member) => member.email === email).map((member) => [member.member_id, member])).values()];
  }

  /** The delivery status in force: of the membership, else of the address, the user, the system. */
  async deliveryStatus(memberId: string): Promise<string | undefined> {
    const answer = await this.#send({ method: 'GET', path: `/members/${memberId}/all/preferences`, expect: [404] });
    return answer.status === 404 ? undefined : (answer.body as { readonly delivery_status: string }).delivery_status;
  }

  setDeliveryStatus(memberId: string, status: 'by_user' | 'enabled'): Promise<Answer> {
    return this.#send({
      method: 'PATCH',
      path: `/members/${memberId}/preferences`,
      form: { delivery_status: status },
      expect: [404],
    });
  }

  /** Unsubscribes without asking anyone, whatever the list's policy is. 404 when it ended already. */
  endMembership(memberId: string): Promise<Answer> {
    const form = { pre_confirmed: 'true', pre_approved: 'true' };
    return this.#send({ method: 'DELETE', path: `/members/${memberId}`, form, expect: [404] });
  }

  async user(userId: string): Promise<UserEntry | undefined> {
    const answer = await this.#send({ method: 'GET', path: `/users/${userId}`, expect: [404] });
    return answer.status === 404 ? undefined : (answer.body as UserEntry);
  }

  async addressesOf(userId: string): Promise<readonly AddressEntry[]> {
    const answer = await this.#send({ method: 'GET', path: `/users/${userId}/addresses`, expect: [404] });
    return answer.status === 404 ? [] : ((answer.body as Page<AddressEntry>).entries ?? []);
  }

  /** Drops the user with all addresses and memberships; bans stay. 404 when there is none. */
  deleteUser(userId: string): Promise<Answer> {
    return this.#send({ method: 'DELETE', path: `/users/${userId}`, expect: [404] });
  }

  /** For an address without a user only. Writes the address into Mailman's access log. */
  deleteAddress(email: string): Promise<Answer> {
    return this.#send({ method: 'DELETE', path: `/addresses/${encodeURIComponent(email)}`, expect: [404] });
  }

  /** Addresses banned from one list, or from all when `listId` is left out; patterns (`^…`) are not addresses. */
  async bans(listId?: string): Promise<ReadonlySet<string>> {
    const path = listId === undefined ? '/bans' : `/lists/${listId}/bans`;
    const bans = await this.#all<{ readonly email: string }>(path, {}, ({ email }) => email);
    return new Set([...bans.keys()].filter((email) => !email.startsWith('^')));
  }

  /** 400 when the address is banned already, or by a pattern. */
  ban(listId: string, email: string): Promise<Answer> {
    return this.#send({ method: 'POST', path: `/lists/${listId}/bans`, form: { email }, expect: [400] });
  }

  /** Writes the address into Mailman's access log. 204 says little: a pattern can still ban the address. */
  liftBan(email: string, listId?: string): Promise<Answer> {
    const path = listId === undefined ? '/bans' : `/lists/${listId}/bans`;
    return this.#send({ method: 'DELETE', path: `${path}/${encodeURIComponent(email)}`, expect: [404] });
  }
}
