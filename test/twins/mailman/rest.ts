import { MailmanAccounts } from './accounts.ts';
import type { TwinAnswer } from '../kit/twin.ts';
import type { VendorRequest } from '../kit/twin-http.ts';
import type { DeliveryStatus, MailmanMember } from './store.ts';
import { collection, created, failed, type MailmanViews, noContent, okay } from './views.ts';

/** The REST API 3.1 of GNU Mailman 3.3.10, as far as linked systems use it. */
export class MailmanRest {
  readonly #views: MailmanViews;
  readonly #accounts: MailmanAccounts;

  constructor(views: MailmanViews) {
    this.#views = views;
    this.#accounts = new MailmanAccounts(views);
  }

  /** Answers one request of an administrator. */
  answer(request: VendorRequest): TwinAnswer {
    const [head = '', ...rest] = request.path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
    const form = new URLSearchParams(request.text);
    switch (head) {
      case 'system':
        return okay({ mailman_version: 'GNU Mailman 3.3.10 (twin)', api_version: '3.1' });
      case 'domains':
        return created(this.#views.path(`domains/${form.get('mail_host') ?? ''}`));
      case 'lists':
        return this.#lists(request, rest, form);
      case 'members':
        return this.#members(request, rest, form);
      case 'addresses':
        return this.#accounts.addresses(request, rest, form);
      case 'users':
        return this.#accounts.users(request, rest, form);
      case 'bans':
        return this.#accounts.bans(request, '', rest, form);
      default:
        return failed(404);
    }
  }

  #lists(request: VendorRequest, [listId, part, ...rest]: readonly string[], form: URLSearchParams): TwinAnswer {
    if (listId === undefined) {
      if (request.method === 'POST') {
        this.#views.store.addList(form.get('fqdn_listname') ?? '');
        return created(this.#views.path(`lists/${form.get('fqdn_listname')}`));
      }
      return collection(request, [...this.#views.store.lists.values()], (list) => this.#views.showList(list));
    }
    const list = this.#views.store.lists.get(listId);
    if (list === undefined) return failed(404);
    if (part === undefined) return okay(this.#views.showList(list));
    if (part === 'bans') return this.#accounts.bans(request, listId, rest, form);
    if (part === 'roster') {
      const role = rest[0] as MailmanMember['role']; // an unknown role finds nobody
      return this.#views.memberPage(request, this.#views.store.membersOf({ listId, role }));
    }
    return failed(404);
  }

  #members(request: VendorRequest, [id, part, tail]: readonly string[], form: URLSearchParams): TwinAnswer {
    if (id === undefined)
      return request.method === 'POST' ? this.#subscribe(form) : this.#views.memberPage(request, this.#views.store.membersOf({}));
    if (id === 'find') return this.#find(request);
    const member = this.#views.store.members.get(id);
    if (member === undefined) return failed(404);
    if (part === 'all' && tail === 'preferences') {
      return okay({ delivery_mode: 'regular', delivery_status: this.#views.store.statusOf(member), preferred_language: 'en' });
    }
    if (part === 'preferences') return this.#views.preferences(request, member.preferences, `members/${id}`, form);
    if (request.method === 'GET') return okay(this.#views.showMember(member));
    if (request.method !== 'DELETE') return failed(405);
    this.#views.store.members.delete(id); // the address and its user stay
    this.#views.store.ledger.push({ verb: 'member.delete', subject: id });
    return noContent;
  }

  /** The criteria come in the address or, which keeps them out of the access log, as a form. */
  #find({ query: inUrl, ...request }: VendorRequest): TwinAnswer {
    const query = new URLSearchParams([...inUrl, ...new URLSearchParams(request.text)]);
    const criteria = ['list_id', 'subscriber', 'role', 'delivery_status'].filter((name) => query.has(name));
    if (criteria.length === 0) return this.#views.memberPage({ ...request, query }, []);
    const status = query.get('delivery_status');
    const filter = {
      ...(query.has('list_id') ? { listId: query.get('list_id') ?? '' } : {}),
      ...(query.has('subscriber') ? { email: (query.get('subscriber') ?? '').toLowerCase() } : {}),
      ...(query.has('role') ? { role: query.get('role') as MailmanMember['role'] } : {}), // an unknown role finds nobody
    };
    const found = this.#views.store
      .membersOf(filter)
      .filter((member) => status === null || this.#views.store.statusOf(member) === status);
    return this.#views.memberPage({ ...request, query }, found);
  }

  #subscribe(form: URLSearchParams): TwinAnswer {
    const missing = ['list_id', 'subscriber'].filter((name) => !form.has(name));
    if (missing.length > 0) return failed(400, `Missing Parameter: ${missing.join(', ')}`);
    const listId = form.get('list_id') ?? '';
    const subscriber = form.get('subscriber') ?? '';
    if (!this.#views.store.lists.has(listId)) return failed(400, 'No such list');
    if (!/^[^@\s]+@[^@\s]+$/.test(subscriber)) return failed(400, 'Invalid Parameter "subscriber": .');
    const email = subscriber.toLowerCase();
    if (this.#views.store.membersOf({ listId, email, role: 'member' }).length > 0)
      return failed(409, 'Member already subscribed');
    if (this.#views.store.isBanned(listId, email)) return failed(400, 'Membership is banned');
    const status = form.get('delivery_status') as DeliveryStatus | null; // Mailman's own values
    const member = this.#views.store.subscribe(listId, subscriber, form.get('display_name') ?? '', status ?? undefined);
    return created(this.#views.path(`members/${member.id}`));
  }
}

/** The answer to a caller without the administrator's credentials. */
export const unauthorized: TwinAnswer = failed(401, 'REST API authorization failed');
