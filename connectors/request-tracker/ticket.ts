import type { EraseResult, ExportedRecord, RecordRef, Residue, VerifyResult, WriteOptions } from '../kit/contract.ts';
import type { RequestTrackerApi, TicketEntry } from './api.ts';

/** The messages of a ticket: only rt-shredder on the host removes them. */
export const ticketMessages: Residue = { where: 'ticket messages', due: null };

/** The id of an interaction: one requestor's side of one ticket. */
export const interactionId = (ticketId: string, userId: number | string): string => `${ticketId}:${userId}`;
const ticketIdOf = ({ externalId }: RecordRef): string => externalId.split(':')[0] ?? '';

/** REST2 can hide a ticket, not remove it, and others may have asked in it too: nothing is written, and a person decides. */
export async function eraseTicket(api: RequestTrackerApi, ref: RecordRef, options: WriteOptions): Promise<EraseResult> {
  const there = (await api.ticket(ticketIdOf(ref))) !== undefined;
  if (!there) return { result: 'done', residue: [] };
  return { result: options.dryRun === true ? 'would-erase' : 'partial', code: 'needs-rt-shredder', residue: [ticketMessages] };
}

/** A ticket that is there has messages that may tell of the person, whatever its status. */
export async function verifyTicket(api: RequestTrackerApi, ref: RecordRef): Promise<VerifyResult> {
  const there = (await api.ticket(ticketIdOf(ref))) !== undefined;
  return there ? { result: 'present', residue: [ticketMessages], count: 1 } : { result: 'gone', residue: [], count: 0 };
}

/** A ticket with what was written in it; headers are left out, they name other people. */
export async function ticketFields(api: RequestTrackerApi, { id, Subject, Status, Created }: TicketEntry): Promise<object> {
  const messages = (await api.attachments(id)).filter(({ Content }) => (Content ?? '').trim() !== '');
  const shown = messages.map((message) => ({
    Subject: message.Subject,
    Content: message.Content,
    ContentType: message.ContentType,
    Filename: message.Filename,
  }));
  return { id, Subject, Status, Created, messages: shown };
}

export async function exportTicket(api: RequestTrackerApi, ref: RecordRef): Promise<ExportedRecord | null> {
  const ticket = await api.ticket(ticketIdOf(ref));
  return ticket === undefined ? null : { ref, fields: { ...(await ticketFields(api, ticket)) }, attachments: [] };
}
