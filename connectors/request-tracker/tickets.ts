import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import type { Cursor, PullPage, RejectedDraft } from '../kit/contract.ts';
import { pageSize, type RequestTrackerApi, type TicketEntry } from './api.ts';
import { interactionId } from './ticket.ts';

const dayMs = 86_400_000;
const closed = new Set(['resolved', 'rejected', 'deleted']);

/** TicketSQL reads only `YYYY-MM-DD hh:mm:ss`, in the time zone of the caller's RT user; it takes ISO 8601 as 1970 and matches all. */
const sqlTime = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

/** One interaction per requestor: a ticket of two people is in the timeline of both. */
function interactions(ticket: TicketEntry): readonly SourceRecordDraft[] {
  const status = closed.has(ticket.Status) ? 'closed' : 'open';
  const subject = ticket.Subject === '' ? {} : { subject: ticket.Subject };
  const at = new Date(ticket.Created).toISOString();
  return ticket.Requestor.map(({ id }) => ({
    kind: 'interaction',
    externalId: interactionId(ticket.id, id),
    raw: { id: ticket.id, Subject: ticket.Subject, Status: ticket.Status, Created: ticket.Created, requestor: id },
    canonical: {
      clientExternalId: String(id),
      interactionKind: 'ticket',
      direction: 'in',
      at,
      channel: 'helpdesk',
      status,
      ...subject,
    },
    changedAt: new Date(ticket.LastUpdated).toISOString(),
  }));
}

function readTickets(tickets: readonly TicketEntry[]): Pick<PullPage, 'records' | 'rejected'> {
  const rejected: RejectedDraft[] = [];
  const records: SourceRecordDraft[] = [];
  for (const ticket of tickets) {
    const { id, Requestor } = ticket;
    if (!Array.isArray(Requestor) || Number.isNaN(Date.parse(ticket.Created)) || Number.isNaN(Date.parse(ticket.LastUpdated))) {
      rejected.push({
        externalId: String(id),
        reasonCode: 'ticket-unreadable',
        reason: 'Requestor, Created or LastUpdated is missing',
        raw: ticket,
      });
    } else if (Requestor.length === 0) {
      rejected.push({
        externalId: String(id),
        reasonCode: 'ticket-without-requestor',
        reason: 'nobody asked: Requestor is empty',
        raw: ticket,
      });
    } else records.push(...interactions(ticket));
  }
  return { records, rejected };
}

const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

/**
 * Tickets as interactions, by number, each page after the last number of the one before: a ticket that changes meanwhile moves nobody.
 * The query looks back a day and more, because RT reads its time in a zone of its own; what is older is dropped here.
 */
export async function* pullTickets(
  api: RequestTrackerApi,
  cursor: Cursor | null,
  now: Date,
  lookbackMs: number,
): AsyncGenerator<PullPage> {
  const since = number(cursor?.since);
  const startedAt = number(cursor?.startedAt) || now.getTime();
  const sql = since > 0 ? `LastUpdated >= '${sqlTime(since - lookbackMs - 1.25 * dayMs)}'` : 'id > 0';
  for (let lastId = number(cursor?.lastId); ; ) {
    const items = await api.tickets(sql, lastId);
    const fresh = items.filter(({ LastUpdated }) => since === 0 || !(Date.parse(LastUpdated) < since - lookbackMs));
    const last = items.length < pageSize;
    lastId = Number(items.at(-1)?.id ?? lastId);
    const midway: Cursor = { version: 1, startedAt, lastId, ...(since > 0 ? { since } : {}) };
    const complete = last && since === 0 ? { complete: true } : {};
    yield { ...readTickets(fresh), deleted: [], cursor: last ? { version: 1, since: startedAt } : midway, last, ...complete };
    if (last) return;
  }
}
