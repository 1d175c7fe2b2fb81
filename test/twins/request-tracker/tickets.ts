import type { TwinAnswer } from '../kit/twin.ts';
import type { VendorRequest } from '../kit/twin-http.ts';
import { failed, notFound, okay, ordered, page, reference, shown, time } from './answers.ts';
import type { RtAttachment, RtTicket, RtTransaction } from './records.ts';
import type { RtStore } from './store.ts';

const unset = '1970-01-01T00:00:00Z';
const word = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(word) : value === undefined ? [] : [word(value)]);

/** Tickets of REST2 with as much of TicketSQL as a connector asks: conditions joined by AND. */
export class RtTickets {
  readonly #store: RtStore;
  readonly #baseUrl: () => string;

  constructor(store: RtStore, baseUrl: () => string) {
    this.#store = store;
    this.#baseUrl = baseUrl;
  }

  search(request: VendorRequest): TwinAnswer {
    const query =
      request.method === 'POST' ? (new URLSearchParams(request.text).get('query') ?? '') : (request.query.get('query') ?? '');
    const tests = query === '' ? [() => false] : query.split(/\s+AND\s+/i).map((condition) => this.#condition(condition));
    const unknown = tests.find((test) => typeof test === 'string');
    if (typeof unknown === 'string')
      return failed(400, `Unknown field: ${unknown} at /usr/share/request-tracker5/lib/RT/Tickets.pm line 3187.\n`);
    const found = [...this.#store.tickets.values()].filter((ticket) =>
      tests.every((test) => typeof test !== 'string' && test(ticket)),
    );
    const sorted = ordered(request, found, 'id', (ticket, field) =>
      field === 'LastUpdated' ? time(ticket.lastUpdated) : ticket.id,
    );
    return page(request, `${this.#baseUrl()}/tickets`, sorted, (ticket) =>
      shown(request, reference(this.#baseUrl(), 'ticket', ticket.id), (field) => this.#field(ticket, field, request)),
    );
  }

  /** One condition as a test, or the name of a field that TicketSQL does not know. */
  #condition(text: string): ((ticket: RtTicket) => boolean) | string {
    const [, field = '', operator = '=', value = ''] = /^\(?\s*([\w.]+)\s*(>=|<=|!=|=|>|<)\s*'?(.*?)'?\s*\)?$/.exec(text) ?? [];
    const compare = (left: string | number, right: string | number): boolean =>
      ({ '>=': left >= right, '<=': left <= right, '!=': left !== right, '>': left > right, '<': left < right })[operator] ??
      left === right;
    const watched = (ids: readonly number[], what: string): boolean =>
      ids.some((id) => {
        const user = this.#store.users.get(id);
        return what === 'id' ? id === Number(value) : (user?.profile.get(what) ?? '').toLowerCase() === value.toLowerCase();
      });
    const [role, what = 'EmailAddress'] = field.split('.');
    if (field === 'id') return (ticket) => compare(ticket.id, Number(value));
    if (field === 'LastUpdated') {
      // Only `YYYY-MM-DD hh:mm:ss` is read as a time; RT 5.0.3 takes anything else, ISO 8601 included, as 1970 and so matches all.
      const at = /^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?$/.test(value) ? new Date(`${value.replace(' ', 'T')}Z`) : new Date(0);
      return (ticket) => compare(time(ticket.lastUpdated), time(at));
    }
    if (role === 'Requestor') return (ticket) => watched(ticket.requestorIds, what);
    if (role === 'Watcher') return (ticket) => watched([...ticket.requestorIds, ...ticket.ccIds], what);
    return field;
  }

  /** Users as references: the id is the name unless `fields[Requestor]=id` asks for the number. */
  #watchers(ids: readonly number[], role: string, request: VendorRequest): object[] {
    const asked = (request.query.get(`fields[${role}]`) ?? '').split(',');
    return ids.map((id) => {
      const name = this.#store.users.get(id)?.profile.get('Name') ?? '';
      return { ...reference(this.#baseUrl(), 'user', name), ...(asked.includes('id') ? { id } : {}) };
    });
  }

  #field(ticket: RtTicket, field: string, request: VendorRequest): unknown {
    if (field === 'Requestor' || field === 'Requestors') return this.#watchers(ticket.requestorIds, field, request);
    if (field === 'Cc') return this.#watchers(ticket.ccIds, field, request);
    const plain: Readonly<Record<string, unknown>> = {
      Subject: ticket.subject,
      Status: ticket.status,
      Created: time(ticket.created),
      LastUpdated: time(ticket.lastUpdated),
      Started: unset,
      Resolved: ticket.status === 'resolved' ? time(ticket.lastUpdated) : unset,
      Queue: reference(this.#baseUrl(), 'queue', 1),
    };
    return plain[field];
  }

  one(request: VendorRequest, [id, part]: readonly string[]): TwinAnswer {
    if (id === undefined) return this.#create(request.text);
    const ticket = this.#store.tickets.get(Number(id));
    if (ticket === undefined) return notFound;
    if (part === 'attachments') return this.#attachments(request, ticket);
    if (part === 'history') return this.#history(request, ticket);
    if (request.method === 'PUT') {
      const { Status } = JSON.parse(request.text) as { Status?: string }; // only the status is changed by tests
      if (Status !== undefined) this.#store.setStatus(ticket, Status);
      return okay(Status === undefined ? [] : [`Ticket ${id}: Status changed to '${Status}'`]);
    }
    const fields = ['Subject', 'Status', 'Created', 'LastUpdated', 'Started', 'Resolved', 'Queue', 'Requestor', 'Cc'];
    return okay({ id: ticket.id, ...Object.fromEntries(fields.map((field) => [field, this.#field(ticket, field, request)])) });
  }

  #create(body: string): TwinAnswer {
    const { Subject = '', Requestor, Cc, Content = '' } = JSON.parse(body) as Record<string, unknown>; // a test's own body
    const ticket = this.#store.createTicket(word(Subject), list(Requestor), list(Cc), word(Content));
    return { status: 201, body: reference(this.#baseUrl(), 'ticket', ticket.id) };
  }

  #history(request: VendorRequest, ticket: RtTicket): TwinAnswer {
    const own = this.#store.transactions.filter(({ on, objectId }) => on === 'ticket' && objectId === ticket.id);
    const field = (row: RtTransaction, name: string): unknown =>
      ({ Type: row.type, Field: row.field, Created: time(row.created) })[name];
    return page(request, `${this.#baseUrl()}/ticket/${ticket.id}/history`, own, (row) =>
      shown(request, reference(this.#baseUrl(), 'transaction', row.id), (name) => field(row, name)),
    );
  }

  /** Asked for `Parent`, RT 5.0.3 answers 500. */
  #attachments(request: VendorRequest, ticket: RtTicket): TwinAnswer {
    if ((request.query.get('fields') ?? '').split(',').includes('Parent')) return { status: 500 };
    const own = this.#store.attachments.filter(({ ticketId }) => ticketId === ticket.id);
    const field = (row: RtAttachment, name: string): unknown =>
      ({ Subject: row.subject, Headers: row.headers, Content: row.content, ContentType: 'text/plain' })[name];
    return page(request, `${this.#baseUrl()}/ticket/${ticket.id}/attachments`, own, (row) =>
      shown(request, reference(this.#baseUrl(), 'attachment', row.id), (name) => field(row, name)),
    );
  }
}
