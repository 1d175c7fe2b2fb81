import type { TwinAnswer } from '../kit/twin.ts';
import type { VendorRequest } from '../kit/twin-http.ts';
import { failed, notFound, okay, ordered, page, reference, shown, time } from './answers.ts';
import { profileFields, type RtTransaction, type RtUser } from './records.ts';
import type { RtStore } from './store.ts';

/** The only fields that a search of users looks at: a condition on any other, LastUpdated and phones among them, is dropped in silence. */
const searchable = [
  'City',
  'Country',
  'EmailAddress',
  'Gecos',
  'Lang',
  'Name',
  'NickName',
  'Organization',
  'RealName',
  'Timezone',
];

interface Condition {
  readonly field?: string;
  readonly operator?: string;
  readonly value?: string;
}

const holds = (user: RtUser, { field = '', operator = '=', value = '' }: Condition): boolean => {
  const customField = /^(?:CF|CustomField)\.\{(.*)\}$/i.exec(field)?.[1];
  if (customField !== undefined) {
    const values = user.customFields.get(customField);
    return values === undefined || (operator === 'IS NOT' ? values.length > 0 : values.includes(value)); // an unknown field: condition dropped
  }
  if (!searchable.includes(field)) return true;
  const [held, wanted] = [(user.profile.get(field) ?? '').toLowerCase(), value.toLowerCase()];
  if (operator === '!=') return held !== wanted;
  return operator === 'LIKE' ? held.includes(wanted) : held === wanted;
};

/** Users of REST2: search, single read, PUT that echoes old values, DELETE that only disables, history. */
export class RtUsers {
  readonly #store: RtStore;
  readonly #baseUrl: () => string;

  constructor(store: RtStore, baseUrl: () => string) {
    this.#store = store;
    this.#baseUrl = baseUrl;
  }

  search(request: VendorRequest): TwinAnswer {
    const text = request.method === 'POST' ? request.text : (request.query.get('query') ?? '');
    const conditions = /\s*\[/.test(text) ? (JSON.parse(text) as Condition[]) : []; // a query of the wrong shape fails the test that sent it
    const all = request.query.has('find_disabled_rows');
    const found = [...this.#store.users.values()].filter(
      (user) => (all || !user.disabled) && conditions.every((one) => holds(user, one)),
    );
    const sorted = ordered(request, found, 'Name', (user, field) =>
      field === 'id' ? user.id : field === 'LastUpdated' ? time(user.lastUpdated) : (user.profile.get(field) ?? ''),
    );
    return page(request, `${this.#baseUrl()}/users`, sorted, (user) =>
      shown(request, reference(this.#baseUrl(), 'user', user.profile.get('Name') ?? ''), (field) => this.#field(user, field)),
    );
  }

  /** A field as a list shows it: Disabled and Privileged are "" for everyone. */
  #field(user: RtUser, field: string): unknown {
    if (field === 'id') return user.id;
    if (field === 'Created') return time(user.created);
    if (field === 'LastUpdated') return time(user.lastUpdated);
    if (field === 'Disabled' || field === 'Privileged') return '';
    if (field === 'CustomFields') return user.customFields.size === 0 ? '' : this.#customFields(user);
    return profileFields.includes(field) ? (user.profile.get(field) ?? '') : undefined;
  }

  #customFields(user: RtUser): object[] {
    return [...user.customFields].map(([name, values], place) => ({
      ...reference(this.#baseUrl(), 'customfield', place + 2),
      name,
      values,
    }));
  }

  #find(id: string): RtUser | undefined {
    return /^\d+$/.test(id) ? this.#store.users.get(Number(id)) : this.#store.userNamed(id);
  }

  one(request: VendorRequest, [id, part]: readonly string[]): TwinAnswer {
    if (id === undefined) return this.#create(request.text);
    const user = this.#find(id);
    if (user === undefined) return notFound;
    if (part === 'history') return this.#history(request, user);
    if (request.method === 'PUT') return okay(this.#update(user, JSON.parse(request.text) as Record<string, unknown>)); // see search
    if (request.method === 'DELETE') return this.#disable(user);
    return okay(this.#single(user));
  }

  #single(user: RtUser): object {
    const filled = [...user.profile].filter(
      ([field, value]) => value !== '' || ['Name', 'RealName', 'EmailAddress'].includes(field),
    );
    const { created, lastUpdated, id } = user;
    const stamps = { Created: time(created), LastUpdated: time(lastUpdated) };
    const flags = { Privileged: user.privileged ? 1 : 0, Disabled: user.disabled ? '1' : '0', Memberships: [] };
    return { id, ...Object.fromEntries(filled), ...stamps, ...flags, CustomFields: this.#customFields(user) };
  }

  #history(request: VendorRequest, user: RtUser): TwinAnswer {
    const own = this.#store.transactions.filter(({ on, objectId }) => on === 'user' && objectId === user.id);
    const field = (row: RtTransaction, name: string): unknown =>
      ({ Type: row.type, Field: row.field, OldValue: row.oldValue, NewValue: row.newValue, Created: time(row.created) })[name];
    return page(request, `${this.#baseUrl()}/user/${user.id}/history`, own, (row) =>
      shown(request, reference(this.#baseUrl(), 'transaction', row.id), (name) => field(row, name)),
    );
  }

  #create(body: string): TwinAnswer {
    const profile = JSON.parse(body) as Record<string, string>; // see search
    if (this.#store.userNamed(profile.Name ?? '')) return failed(400, 'Name in use');
    if (this.#store.userWith('EmailAddress', profile.EmailAddress ?? '')) return failed(400, 'Email address in use');
    const user = this.#store.createUser(profile);
    user.privileged = Boolean(Number(profile.Privileged ?? 0));
    const made = reference(this.#baseUrl(), 'user', user.profile.get('Name') ?? '');
    return { status: 201, headers: { location: `/REST/2.0/user/${user.id}` }, body: made };
  }

  /** Sentences, one a change, which echo old values; a refused change is a sentence too, under 200. */
  #update(user: RtUser, { CustomFields, Disabled, ...profile }: Record<string, unknown>): string[] {
    const said: string[] = [];
    for (const [field, given] of Object.entries(profile)) {
      const [old, value] = [user.profile.get(field) ?? '', String(given)];
      if (!profileFields.includes(field) || old === value) continue;
      const unique = field === 'Name' || field === 'EmailAddress';
      const holder = unique ? this.#store.userWith(field, value) : undefined;
      if (holder !== undefined && holder.id !== user.id) {
        said.push(`User ${user.profile.get('Name')}: ${field === 'Name' ? 'Name' : 'Email address'} in use`);
        continue;
      }
      this.#store.setField(user, field, value);
      const quoted = (text: string): string => (text === '' ? '(no value)' : `'${text}'`);
      said.push(`User ${user.profile.get('Name')}: ${field} changed from ${quoted(old)} to ${quoted(value)}`);
    }
    for (const [name, values] of Object.entries((CustomFields ?? {}) as Record<string, string[]>))
      said.push(...this.#setCustomField(user, name, values));
    if (Disabled !== undefined && Boolean(Number(Disabled)) !== user.disabled)
      said.push(this.#setDisabled(user, Boolean(Number(Disabled))));
    return said;
  }

  /** A field that is not applied to users is dropped in silence. */
  #setCustomField(user: RtUser, name: string, values: readonly string[]): string[] {
    const held = user.customFields.get(name);
    if (held === undefined) return [];
    const added = values.filter((value) => !held.includes(value));
    const removed = held.filter((value) => !values.includes(value));
    for (const value of added) this.#store.record('user', user.id, 'CustomField', '2', '', value);
    for (const value of removed) this.#store.record('user', user.id, 'CustomField', '2', value, '');
    user.customFields.set(name, [...values]);
    if (added.length + removed.length > 0) this.#store.touch(user, 'user.custom-field');
    const gone = removed.map((value) => `${value} is no longer a value for custom field ${name}`);
    return [...added.map((value) => `${value} added as a value for ${name}`), ...gone];
  }

  #setDisabled(user: RtUser, disabled: boolean): string {
    user.disabled = disabled;
    this.#store.record('user', user.id, disabled ? 'Disabled' : 'Enabled');
    this.#store.touch(user, 'user.disable');
    return disabled ? 'User disabled' : 'User enabled';
  }

  /** Only disables; on a disabled user RT 5.0.3 answers 500. */
  #disable(user: RtUser): TwinAnswer {
    if (user.disabled) return failed(500, 'Internal Server Error');
    this.#setDisabled(user, true);
    return { status: 204 };
  }
}
