import type { Mutation } from '../kit/twin.ts';
import { profileFields, type RtAttachment, type RtSeed, type RtTicket, type RtTransaction, type RtUser } from './records.ts';

/** What a Request Tracker holds, as it is kept over a restart. */
export interface RtState {
  users: Map<number, RtUser>;
  tickets: Map<number, RtTicket>;
  transactions: RtTransaction[];
  attachments: RtAttachment[];
  nextPrincipal: number;
}

/** What a Request Tracker holds, and the changes made to it. */
export class RtStore {
  /** Everything that outlives a restart. */
  readonly state: RtState = { users: new Map(), tickets: new Map(), transactions: [], attachments: [], nextPrincipal: 27 };
  readonly ledger: Mutation[] = [];
  readonly customFields: readonly string[];
  #now: () => Date = () => new Date(Date.UTC(2026, 0, 15, 9));
  readonly #clock: () => Date;

  constructor(customFields: readonly string[], now: () => Date) {
    this.customFields = customFields;
    this.#clock = now;
    const integral = "Do not delete or modify this user. It is integral to RT's internal database structures";
    this.#insert(1, { Name: 'RT_System', RealName: 'The RT System itself', Comments: integral });
    this.#insert(6, { Name: 'Nobody', RealName: 'Nobody in particular', Comments: integral });
    this.#insert(14, {
      Name: 'root',
      RealName: 'Enoch Root',
      EmailAddress: 'root@localhost',
      Comments: 'SuperUser',
    }).privileged = true;
    this.#now = now;
  }

  get users(): RtState['users'] {
    return this.state.users;
  }

  get tickets(): RtState['tickets'] {
    return this.state.tickets;
  }

  get transactions(): RtState['transactions'] {
    return this.state.transactions;
  }

  get attachments(): RtState['attachments'] {
    return this.state.attachments;
  }

  #insert(id: number, profile: Readonly<Record<string, string>>): RtUser {
    const at = this.#now();
    const known = Object.entries(profile).filter(([field]) => profileFields.includes(field));
    const customFields = new Map(this.customFields.map((name) => [name, []]));
    const stamps = { created: at, lastUpdated: at };
    const user: RtUser = { id, profile: new Map(known), ...stamps, disabled: false, privileged: false, customFields };
    this.users.set(id, user);
    return user;
  }

  createUser(profile: Readonly<Record<string, string>>): RtUser {
    const user = this.#insert(this.state.nextPrincipal, profile);
    this.state.nextPrincipal += 1;
    this.record('user', user.id, 'Create');
    this.ledger.push({ verb: 'user.create', subject: String(user.id) });
    return user;
  }

  /** As RT loads a user: by name, and names are compared whatever the case. */
  userNamed(name: string): RtUser | undefined {
    return this.userWith('Name', name);
  }

  userWith(field: 'Name' | 'EmailAddress', value: string): RtUser | undefined {
    if (value === '') return undefined;
    return [...this.users.values()].find((user) => (user.profile.get(field) ?? '').toLowerCase() === value.toLowerCase());
  }

  record(on: RtTransaction['on'], objectId: number, type: string, field = '', oldValue = '', newValue = ''): RtTransaction {
    const transaction = {
      id: this.transactions.length + 28,
      on,
      objectId,
      type,
      field,
      oldValue,
      newValue,
      created: this.#now(),
    };
    this.transactions.push(transaction);
    return transaction;
  }

  /** Changes one field of a user; the old value stays in the history. */
  setField(user: RtUser, field: string, value: string): void {
    this.record('user', user.id, 'Set', field, user.profile.get(field) ?? '', value);
    user.profile.set(field, value);
    this.touch(user, 'user.set');
  }

  touch(user: RtUser, verb: string): void {
    user.lastUpdated = this.#now();
    this.ledger.push({ verb, subject: String(user.id) });
  }

  /** A watcher by address: made silently when RT does not know the address. */
  watcher(email: string): number {
    const known = this.userWith('EmailAddress', email) ?? this.userNamed(email);
    return (known ?? this.createUser({ Name: email, EmailAddress: email, Comments: 'Autocreated when added as a watcher' })).id;
  }

  createTicket(subject: string, requestors: readonly string[], ccs: readonly string[], content: string): RtTicket {
    const id = this.tickets.size + 1;
    const now = this.#now();
    const requestorIds = requestors.map((email) => this.watcher(email));
    const ticket = {
      id,
      subject,
      status: 'new',
      created: now,
      lastUpdated: now,
      requestorIds,
      ccIds: ccs.map((cc) => this.watcher(cc)),
    };
    this.tickets.set(id, ticket);
    this.attach(id, this.record('ticket', id, 'Create').id, subject, `Subject: ${subject}\nContent-Type: text/plain`, content);
    const reply = `[test.local #${id}] AutoReply: ${subject}`;
    const sent = this.record('ticket', id, 'EmailRecord').id;
    this.attach(id, sent, reply, `X-RT-Ticket: test.local #${id}\nTo: ${requestors.join(', ')}\nSubject: ${reply}`, '');
    this.ledger.push({ verb: 'ticket.create', subject: String(id) });
    return ticket;
  }

  attach(ticketId: number, transactionId: number, subject: string, headers: string, content: string): void {
    this.attachments.push({ id: this.attachments.length + 1, ticketId, transactionId, subject, headers, content });
  }

  setStatus(ticket: RtTicket, status: string): void {
    this.record('ticket', ticket.id, 'Status', 'Status', ticket.status, status);
    ticket.status = status;
    ticket.lastUpdated = this.#now();
    this.ledger.push({ verb: 'ticket.set', subject: String(ticket.id) });
  }

  /** Seeds were there before, on days of the last year that are the same at every start; what comes later has its true time. */
  seed(seeds: readonly RtSeed[]): void {
    for (const [place, { name, email, phone, tickets }] of seeds.entries()) {
      this.#now = () => new Date(Date.UTC(2025, 10, 1 + ((place * 37) % 360), 8 + (place % 9)));
      if (!this.userWith('EmailAddress', email)) {
        this.createUser({
          Name: email,
          EmailAddress: email,
          RealName: name,
          ...(phone === undefined ? {} : { MobilePhone: phone }),
        });
      }
      for (const { subject, text, open } of tickets) {
        const ticket = this.createTicket(subject, [email], [], text);
        if (!open) this.setStatus(ticket, 'resolved');
      }
    }
    this.#now = this.#clock;
  }

  dump(): string {
    const users = [...this.users.values()].map((user) => ({
      ...user,
      profile: Object.fromEntries(user.profile),
      customFields: Object.fromEntries(user.customFields),
    }));
    return JSON.stringify({
      users,
      tickets: [...this.tickets.values()],
      transactions: this.transactions,
      attachments: this.attachments,
    });
  }
}
