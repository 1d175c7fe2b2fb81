import { createHash } from 'node:crypto';
import type { TwinAnswer } from '../kit/twin.ts';
import type { VendorRequest } from '../kit/twin-http.ts';
import type { DeliveryStatus, MailmanAddress, MailmanMember, MailmanStore, MailmanUser, Preferences } from './store.ts';

const titles: Readonly<Record<number, string>> = {
  400: '400 Bad Request',
  401: '401 Unauthorized',
  404: '404 Not Found',
  405: '405 Method Not Allowed',
  409: '409 Conflict',
};
export const failed = (status: number, description = titles[status] ?? ''): TwinAnswer => ({
  status,
  body: { title: titles[status], description },
});
const withEtag = (body: object): object => ({
  ...body,
  http_etag: `"${createHash('sha1').update(JSON.stringify(body)).digest('hex')}"`,
});
export const okay = (body: object): TwinAnswer => ({ status: 200, body: withEtag(body) });
export const created = (location: string): TwinAnswer => ({ status: 201, headers: { location } });
export const noContent: TwinAnswer = { status: 204 };

/** One page; `entries` is absent when it is empty, even past the end. */
export const collection = <Row>(request: VendorRequest, rows: readonly Row[], show: (row: Row) => object): TwinAnswer => {
  const count = Number(request.query.get('count') ?? rows.length);
  const page = Number(request.query.get('page') ?? 1);
  const start = (page - 1) * count;
  const entries = rows.slice(start, start + count).map((row) => withEtag(show(row)));
  return okay({ start, total_size: rows.length, ...(entries.length > 0 ? { entries } : {}) });
};

const memberFields = [
  'address bounce_score last_bounce_received last_warning_sent total_warnings_sent delivery_mode email list_id',
  'subscription_mode role user moderation_action display_name self_link member_id',
].flatMap((part) => part.split(' '));

/** How Mailman shows what it holds. */
export class MailmanViews {
  readonly store: MailmanStore;
  readonly #baseUrl: () => string;

  constructor(store: MailmanStore, baseUrl: () => string) {
    this.store = store;
    this.#baseUrl = baseUrl;
  }

  path(path: string): string {
    return `${this.#baseUrl()}/${path}`;
  }

  showMember(member: MailmanMember): Record<string, unknown> {
    const userId = this.store.addresses.get(member.email)?.userId;
    return {
      address: this.path(`addresses/${member.email}`),
      bounce_score: 0,
      last_warning_sent: '0001-01-01T00:00:00',
      total_warnings_sent: 0,
      delivery_mode: 'regular',
      email: member.email,
      list_id: member.listId,
      subscription_mode: 'as_address',
      role: member.role,
      ...(userId === undefined ? {} : { user: this.path(`users/${userId}`) }),
      display_name: this.store.addresses.get(member.email)?.displayName ?? '',
      self_link: this.path(`members/${member.id}`),
      member_id: member.id,
    };
  }

  showAddress(address: MailmanAddress): object {
    return {
      email: address.email,
      original_email: address.originalEmail,
      ...address.more,
      registered_on: address.registeredOn,
      self_link: this.path(`addresses/${address.email}`),
      ...(address.displayName === '' ? {} : { display_name: address.displayName }),
      ...(address.verifiedOn === undefined ? {} : { verified_on: address.verifiedOn }),
      ...(address.userId === undefined ? {} : { user: this.path(`users/${address.userId}`) }),
    };
  }

  showUser(user: MailmanUser): object {
    return {
      created_on: user.createdOn,
      is_server_owner: false,
      self_link: this.path(`users/${user.id}`),
      user_id: user.id,
      ...(user.displayName === '' ? {} : { display_name: user.displayName }),
    };
  }

  showList({ listId, fqdn }: { readonly listId: string; readonly fqdn: string }): object {
    const [name = '', host = ''] = fqdn.split('@');
    const count = this.store.membersOf({ listId, role: 'member' }).length;
    return {
      fqdn_listname: fqdn,
      list_id: listId,
      list_name: name,
      mail_host: host,
      member_count: count,
      self_link: this.path(`lists/${listId}`),
    };
  }

  memberPage(request: VendorRequest, members: readonly MailmanMember[]): TwinAnswer {
    const fields = request.query.getAll('fields');
    const unknown = fields.find((field) => !memberFields.includes(field));
    if (unknown !== undefined) {
      return failed(400, `Unknown field "${unknown}" for Member resource. Allowed fields are: ${memberFields.join(', ')}`);
    }
    const pick = (shown: Record<string, unknown>): object =>
      fields.length === 0
        ? shown
        : Object.fromEntries(fields.filter((field) => field in shown).map((field) => [field, shown[field]]));
    return collection(request, members, (member) => pick(this.showMember(member)));
  }

  preferences(request: VendorRequest, preferences: Preferences, self: string, form: URLSearchParams): TwinAnswer {
    if (request.method === 'GET') return okay({ ...preferences, self_link: this.path(`${self}/preferences`) });
    if (request.method !== 'PATCH') return failed(405);
    const status = form.get('delivery_status');
    if (status !== null) {
      preferences.delivery_status = status as DeliveryStatus; // the caller is a connector under test, its values are Mailman's own
      this.store.ledger.push({ verb: 'preferences.set', subject: self });
    }
    return noContent;
  }
}
