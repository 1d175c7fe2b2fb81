import type { TwinAnswer } from '../kit/twin.ts';
import type { VendorRequest } from '../kit/twin-http.ts';
import type { MailmanUser } from './store.ts';
import { collection, created, failed, type MailmanViews, noContent, okay } from './views.ts';

/** Addresses, users and bans of the REST API. */
export class MailmanAccounts {
  readonly #views: MailmanViews;

  constructor(views: MailmanViews) {
    this.#views = views;
  }

  addresses(request: VendorRequest, [email, part]: readonly string[], form: URLSearchParams): TwinAnswer {
    if (email === undefined) {
      const all = [...this.#views.store.addresses.values()].sort((a, b) => (a.originalEmail < b.originalEmail ? -1 : 1));
      return collection(request, all, (address) => this.#views.showAddress(address));
    }
    const address = this.#views.store.addresses.get(email.toLowerCase());
    if (address === undefined) return failed(404);
    if (part === 'memberships') return this.#views.memberPage(request, this.#views.store.membersOf({ email: address.email }));
    if (part === 'preferences') return this.#views.preferences(request, address.preferences, 'address', form);
    if (request.method === 'GET') return okay(this.#views.showAddress(address));
    if (request.method !== 'DELETE') return failed(405);
    this.#views.store.deleteAddress(address.email);
    return noContent;
  }

  #userOf(id: string): MailmanUser | undefined {
    const userId = id.includes('@') ? this.#views.store.addresses.get(id.toLowerCase())?.userId : id;
    return userId === undefined ? undefined : this.#views.store.users.get(userId);
  }

  users(request: VendorRequest, [id, part]: readonly string[], form: URLSearchParams): TwinAnswer {
    if (id === undefined || id === 'find')
      return this.#userPage(request, id === undefined ? undefined : (request.query.get('q') ?? ''));
    const user = this.#userOf(id);
    if (user === undefined) return failed(404);
    const addresses = [...this.#views.store.addresses.values()].filter(({ userId }) => userId === user.id);
    if (part === 'addresses' && request.method === 'POST') {
      const made = this.#views.store.register(form.get('email') ?? '', form.get('display_name') ?? '');
      if (made.userId !== user.id && made.userId !== undefined) this.#views.store.users.delete(made.userId);
      this.#views.store.addresses.set(made.email, { ...made, userId: user.id });
      return created(this.#views.path(`addresses/${made.email}`));
    }
    if (part === 'addresses') return collection(request, addresses, (address) => this.#views.showAddress(address));
    if (part === 'preferences') return this.#views.preferences(request, user.preferences, `users/${user.id}`, form);
    if (request.method === 'GET') return okay(this.#views.showUser(user));
    if (request.method !== 'DELETE') return failed(405);
    this.#views.store.deleteUser(user.id);
    return noContent;
  }

  /** `q` is looked for anywhere in the names and addresses, whatever the case. */
  #userPage(request: VendorRequest, q: string | undefined): TwinAnswer {
    const hits = (user: MailmanUser): boolean => {
      const texts = [
        user.displayName,
        ...[...this.#views.store.addresses.values()]
          .filter(({ userId }) => userId === user.id)
          .flatMap(({ email, displayName }) => [email, displayName]),
      ];
      return q === undefined || texts.some((text) => text.toLowerCase().includes(q.toLowerCase()));
    };
    return collection(request, [...this.#views.store.users.values()].filter(hits), (user) => this.#views.showUser(user));
  }

  bans(request: VendorRequest, listId: string, [email]: readonly string[], form: URLSearchParams): TwinAnswer {
    const base = listId === '' ? '' : `lists/${listId}/`;
    const bans = this.#views.store.bans.get(listId) ?? new Set<string>();
    const show = (ban: string): object => ({
      email: ban,
      self_link: this.#views.path(`${base}bans/${ban}`),
      ...(listId === '' ? {} : { list_id: listId }),
    });
    if (email === undefined && request.method === 'GET') return collection(request, [...bans].sort(), show);
    const asked = email ?? form.get('email') ?? '';
    if (email === undefined) {
      if (this.#views.store.isBanned(listId, asked)) return failed(400, 'Address is already banned');
      this.#views.store.bans.set(listId, bans.add(asked));
      this.#views.store.ledger.push({ verb: 'ban.create', subject: listId });
      return created(this.#views.path(`${base}bans/${asked}`));
    }
    if (!this.#views.store.isBanned(listId, asked)) return failed(404, `Email is not banned: ${asked}`);
    if (request.method === 'GET') return okay(show(asked));
    if (bans.delete(asked)) this.#views.store.ledger.push({ verb: 'ban.delete', subject: listId }); // a pattern's ban stays, and the answer is 204 all the same
    return noContent;
  }
}
