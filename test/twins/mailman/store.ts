import { createHash } from 'node:crypto';
import type { Mutation } from '../kit/twin.ts';

export type DeliveryStatus = 'enabled' | 'by_user' | 'by_bounces' | 'by_moderator' | 'unknown';

/** Preferences cascade: membership, then address, then user, then the system's own. */
export interface Preferences {
  delivery_status?: DeliveryStatus;
}

export interface MailmanUser {
  readonly id: string;
  readonly createdOn: string;
  readonly displayName: string;
  readonly preferences: Preferences;
}

export interface MailmanAddress {
  readonly email: string;
  readonly originalEmail: string;
  readonly displayName: string;
  readonly registeredOn: string;
  readonly verifiedOn: string | undefined;
  readonly userId: string | undefined;
  readonly preferences: Preferences;
  /** Fields of a later version, sent as they are. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface MailmanMember {
  readonly id: string;
  readonly listId: string;
  readonly email: string;
  readonly role: 'member' | 'nonmember' | 'owner' | 'moderator';
  readonly preferences: Preferences;
}

/** A subscriber that the twin starts with. */
export interface MailmanSeed {
  readonly email: string;
  readonly name?: string | undefined;
  /** The person stopped delivery themselves (`delivery_status` by_user). */
  readonly optedOut?: boolean;
  /** List ids; the first list of the twin when left out. */
  readonly lists?: readonly string[];
}

/** What a Mailman holds, as it is kept over a restart. */
export interface MailmanState {
  lists: Map<string, { readonly listId: string; readonly fqdn: string }>;
  users: Map<string, MailmanUser>;
  addresses: Map<string, MailmanAddress>;
  members: Map<string, MailmanMember>;
  /** List id, or the empty text for the global list, to banned addresses or ^patterns. */
  bans: Map<string, Set<string>>;
  made: number;
}

/** Naive UTC with microseconds, as Mailman writes times. */
const naive = (date: Date): string => `${date.toISOString().slice(0, -1)}000`;

/** What a Mailman holds, and the changes made to it. */
export class MailmanStore {
  /** Everything that outlives a restart. */
  readonly state: MailmanState = {
    lists: new Map(),
    users: new Map(),
    addresses: new Map(),
    members: new Map(),
    bans: new Map(),
    made: 0,
  };
  readonly ledger: Mutation[] = [];
  readonly #clock: () => Date;
  #now: () => Date;

  constructor(now: () => Date) {
    this.#clock = now;
    this.#now = now;
  }

  get lists(): MailmanState['lists'] {
    return this.state.lists;
  }

  get users(): MailmanState['users'] {
    return this.state.users;
  }

  get addresses(): MailmanState['addresses'] {
    return this.state.addresses;
  }

  get members(): MailmanState['members'] {
    return this.state.members;
  }

  get bans(): MailmanState['bans'] {
    return this.state.bans;
  }

  /** Ids look random and are the same at every start, so that what was pulled before a restart is not new after it. */
  #newId(): string {
    this.state.made += 1;
    return createHash('md5').update(`mailman-twin-${this.state.made}`).digest('hex');
  }

  /** Seeds were there long before; the same at every start. */
  seed(seeds: readonly MailmanSeed[]): void {
    const [first = ''] = this.lists.keys();
    this.#now = () => new Date(Date.UTC(2026, 0, 15, 9));
    for (const { email, name, optedOut, lists } of seeds) {
      for (const listId of lists ?? [first]) this.subscribe(listId, email, name ?? '', optedOut === true ? 'by_user' : undefined);
    }
    this.#now = this.#clock;
  }

  addList(fqdn: string): void {
    const listId = fqdn.replace('@', '.');
    this.lists.set(listId, { listId, fqdn });
    this.ledger.push({ verb: 'list.create', subject: listId });
  }

  /** The address, made with its user when it is new. */
  register(original: string, displayName: string): MailmanAddress {
    const at = this.#now();
    const email = original.toLowerCase();
    const known = this.addresses.get(email);
    if (known) return known;
    const user: MailmanUser = { id: this.#newId(), createdOn: naive(at), displayName, preferences: {} };
    const stamps = { registeredOn: naive(at), verifiedOn: naive(at) };
    const address: MailmanAddress = { email, originalEmail: original, displayName, ...stamps, userId: user.id, preferences: {} };
    this.users.set(user.id, user);
    this.addresses.set(email, address);
    return address;
  }

  subscribe(listId: string, original: string, displayName: string, status?: DeliveryStatus): MailmanMember {
    const { email } = this.register(original, displayName);
    const preferences = status === undefined ? {} : { delivery_status: status };
    const member: MailmanMember = { id: this.#newId(), listId, email, role: 'member', preferences };
    this.members.set(member.id, member);
    this.ledger.push({ verb: 'member.create', subject: member.id });
    return member;
  }

  membersOf(filter: Partial<Pick<MailmanMember, 'listId' | 'email' | 'role'>>): MailmanMember[] {
    const wanted = Object.entries(filter).filter(([, value]) => value !== undefined);
    const kept = [...this.members.values()].filter(
      (member) => wanted.every(([name, value]) => member[name as keyof typeof filter] === value), // Object.entries widens the keys
    );
    return kept.sort((a, b) => (`${a.listId} ${a.email}` < `${b.listId} ${b.email}` ? -1 : 1));
  }

  statusOf(member: MailmanMember): DeliveryStatus {
    const address = this.addresses.get(member.email);
    const user = address?.userId === undefined ? undefined : this.users.get(address.userId);
    return (
      member.preferences.delivery_status ?? address?.preferences.delivery_status ?? user?.preferences.delivery_status ?? 'enabled'
    );
  }

  deleteAddress(email: string): void {
    for (const member of this.membersOf({ email })) this.members.delete(member.id);
    this.addresses.delete(email);
    this.ledger.push({ verb: 'address.delete', subject: createHash('sha256').update(email).digest('hex').slice(0, 12) });
  }

  /** Drops the user, their addresses and memberships. Bans outlive it. */
  deleteUser(userId: string): void {
    for (const address of this.addresses.values()) if (address.userId === userId) this.deleteAddress(address.email);
    this.users.delete(userId);
    this.ledger.push({ verb: 'user.delete', subject: userId });
  }

  /** As Mailman asks: exact and case-sensitive, or a pattern; a list also obeys the global bans. */
  isBanned(listId: string, email: string): boolean {
    const hits = (bans: Iterable<string>): boolean =>
      [...bans].some((ban) => ban === email || (ban.startsWith('^') && new RegExp(ban, 'i').test(email)));
    return hits(this.bans.get(listId) ?? []) || (listId !== '' && hits(this.bans.get('') ?? []));
  }

  dump(): string {
    const bans = [...this.bans].map(([listId, emails]) => ({ listId, emails: [...emails] }));
    const tables = { users: this.users, addresses: this.addresses, members: this.members };
    return JSON.stringify({
      ...Object.fromEntries(Object.entries(tables).map(([name, rows]) => [name, [...rows.values()]])),
      bans,
    });
  }
}
