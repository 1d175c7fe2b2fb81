import { FichaError } from '../../domain/record/error.ts';
import type { Answer, Send } from '../kit/hooks.ts';

/** What REST2 of Request Tracker 5 answers, as far as Ficha reads it. https://docs.bestpractical.com/rt/5.0.3/RT/REST2.html */
export interface UserEntry {
  /** The number, because `fields=id` asks for it; without it a list gives the user's NAME here, which changes. */
  readonly id: number;
  readonly Name: string;
  readonly LastUpdated: string;
  /** Only in the read of one user; a list says "" for everyone. */
  readonly Privileged?: string | number;
  readonly CustomFields: '' | readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly [field: string]: unknown;
}

export interface TicketEntry {
  readonly id: string;
  readonly Subject: string;
  readonly Status: string;
  readonly Created: string;
  readonly LastUpdated: string;
  readonly Requestor: readonly { readonly id: number | string }[];
}

export interface TransactionEntry {
  readonly Type: string;
  readonly Field: string;
  readonly OldValue: string;
  readonly NewValue: string;
  readonly Created: string;
}

export interface AttachmentEntry {
  readonly Subject: string | null;
  readonly Headers: string | null;
  readonly Content: string | null;
  readonly ContentType: string | null;
  readonly Filename: string | null;
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly page: number;
  readonly pages: number | null;
}

/** A condition of a search of users. RT drops a condition on a field it does not search, so what comes back is checked again. */
export interface Condition {
  readonly field: string;
  readonly operator: string;
  readonly value: string;
}

/** The most that RT gives; it cuts a larger wish without a word. */
export const pageSize = 100;

/** Users read side by side; the rate budget still holds. */
const readsAtOnce = 10;

const profileText =
  'RealName EmailAddress NickName Organization HomePhone WorkPhone MobilePhone PagerPhone Address1 Address2 City State Zip Country ' +
  'Comments Signature FreeformContactInfo Gecos Lang Timezone SMIMECertificate';

/** What a person's user record holds about them; all of it is blanked by an erasure. */
export const profileFields: readonly string[] = profileText.split(' ');

const userFields = ['id', 'Name', ...profileFields, 'Created', 'LastUpdated', 'CustomFields'].join(',');

/** The entry, where RT found one. */
const found = <Entry>(answer: Answer): Entry | undefined => (answer.status === 404 ? undefined : (answer.body as Entry)); // the vendor's shape; fields are checked where they are mapped

/** Calls of REST2. What a PUT answers is never kept: it echoes old values. */
export class RequestTrackerApi {
  readonly #send: Send;

  constructor(send: Send) {
    this.#send = send;
  }

  version(): Promise<Answer> {
    return this.#send({ method: 'GET', path: '/rt', expect: [401, 403] });
  }

  /**
   * One page of users, disabled ones too, with their numbers. After a POST search `next_page` has lost the query, so each page posts the
   * conditions again.
   */
  async users(
    conditions: readonly Condition[],
    page: number,
    order: 'oldest-first' | 'latest-change-first',
  ): Promise<Page<UserEntry>> {
    const sort = order === 'oldest-first' ? { orderby: 'id', order: 'ASC' } : { orderby: 'LastUpdated', order: 'DESC' };
    const query = { fields: userFields, find_disabled_rows: 1, per_page: pageSize, page, ...sort };
    const { body } = await this.#send({ method: 'POST', path: '/users', query, json: conditions, reads: true });
    return body as Page<UserEntry>; // see found
  }

  /**
   * Which of these users are privileged, who are staff. A list of users does not tell, and RT shows the group that it keeps for itself no
   * more (CVE-2026-108353), so each user is read.
   * @throws FichaError `staff-unreadable` where RT does not say it
   */
  async staffAmong(ids: readonly number[]): Promise<ReadonlySet<number>> {
    const staff = new Set<number>();
    for (let start = 0; start < ids.length; start += readsAtOnce) {
      const users = await Promise.all(ids.slice(start, start + readsAtOnce).map((id) => this.user(String(id))));
      for (const user of users) {
        if (user === undefined) continue; // shredded since the list was read
        if (user.Privileged === undefined) {
          throw new FichaError(
            'staff-unreadable',
            'request-tracker: a user is shown without Privileged, so staff cannot be told from clients. Give the API user the right AdminUsers.',
          );
        }
        if (Number(user.Privileged)) staff.add(user.id);
      }
    }
    return staff;
  }

  async user(id: string): Promise<UserEntry | undefined> {
    return found<UserEntry>(await this.#send({ method: 'GET', path: `/user/${Number(id)}`, expect: [404] }));
  }

  /** Changes fields. RT says 200 for a change it refused, so the caller reads back. */
  async update(id: string, changes: Readonly<Record<string, unknown>>): Promise<number> {
    return (await this.#send({ method: 'PUT', path: `/user/${Number(id)}`, json: changes, expect: [404] })).status;
  }

  /** Only disables. RT 5.0.3 answers 500 for a user who is disabled already. */
  async disable(id: string): Promise<number> {
    return (await this.#send({ method: 'DELETE', path: `/user/${Number(id)}`, expect: [404] })).status;
  }

  async history(id: string): Promise<readonly TransactionEntry[]> {
    const fields = 'Type,Field,OldValue,NewValue,Created';
    return this.#all<TransactionEntry>(`/user/${Number(id)}/history`, { fields });
  }

  /** One page of tickets after `lastId`, by number. */
  async tickets(sql: string, lastId: number): Promise<readonly TicketEntry[]> {
    const query = {
      query: `id > ${lastId} AND ${sql}`,
      fields: 'Subject,Status,Created,LastUpdated,Requestor',
      'fields[Requestor]': 'id',
    };
    const order = { orderby: 'id', order: 'ASC', per_page: pageSize, page: 1 };
    const { body } = await this.#send({ method: 'GET', path: '/tickets', query: { ...query, ...order } });
    return (body as Page<TicketEntry>).items; // see found
  }

  async ticket(id: string): Promise<TicketEntry | undefined> {
    return found<TicketEntry>(await this.#send({ method: 'GET', path: `/ticket/${Number(id)}`, expect: [404] }));
  }

  /** Every ticket that this user watches: requestor, in copy, or for the staff. */
  async ticketsOf(userId: string): Promise<readonly TicketEntry[]> {
    const all: TicketEntry[] = [];
    for (;;) {
      const page = await this.tickets(`Watcher.id = ${Number(userId)}`, Number(all.at(-1)?.id ?? 0));
      all.push(...page);
      if (page.length < pageSize) return all;
    }
  }

  /** Messages of one ticket. Asked for `Parent` too, RT 5.0.3 answers 500. */
  attachments(ticketId: string): Promise<readonly AttachmentEntry[]> {
    return this.#all<AttachmentEntry>(`/ticket/${Number(ticketId)}/attachments`, {
      fields: 'Subject,Headers,Content,ContentType,Filename',
    });
  }

  async #all<Item>(path: string, query: Readonly<Record<string, string>>): Promise<readonly Item[]> {
    const all: Item[] = [];
    for (let page = 1; ; page += 1) {
      const answer = await this.#send({ method: 'GET', path, query: { ...query, per_page: pageSize, page }, expect: [404] });
      const items = found<Page<Item>>(answer)?.items ?? [];
      all.push(...items);
      if (items.length < pageSize) return all;
    }
  }
}

/** Values of one custom field, or undefined when the field is not applied to users. */
export function customFieldValues({ CustomFields }: UserEntry, name: string): readonly string[] | undefined {
  return CustomFields === '' ? undefined : CustomFields.find((field) => field.name === name)?.values;
}

/** All custom fields of a user by name, without RT's own addresses, which change with its host. */
export const customFieldsOf = ({ CustomFields }: UserEntry): Readonly<Record<string, readonly string[]>> =>
  CustomFields === '' ? {} : Object.fromEntries(CustomFields.map(({ name, values }) => [name, values]));
