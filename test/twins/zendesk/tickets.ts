import type { TwinAnswer } from '../kit/twin.ts';
import type { Handler, VendorRequest } from '../kit/twin-http.ts';
import type { ZendeskContext } from './routes.ts';
import { purgeTicket, type Ticket } from './store.ts';

const notFound: TwinAnswer = { status: 404, body: { error: 'RecordNotFound', description: 'Not found' } };
const ok = (body: object): TwinAnswer => ({ status: 200, body });

const held = ({ state }: ZendeskContext, { params }: VendorRequest): Ticket | undefined => {
  const ticket = state.tickets.get(Number(params['id']));
  return ticket?.status === 'deleted' ? undefined : ticket;
};

/** Replaces what stands between the marks by blocks, one a character, as Zendesk does; the rest must be as it was. */
function redact({ state, note }: ZendeskContext, { params, body }: VendorRequest): TwinAnswer {
  const comment = state.comments.get(Number(params['id']));
  const { ticket_id: ticketId, html_body: html } = body as { readonly ticket_id?: number; readonly html_body?: string };
  if (comment === undefined || comment.ticket_id !== ticketId) return notFound;
  const plain = (html ?? '').replaceAll(/<\/?redact>/g, '');
  if (plain !== comment.html_body) return { status: 400, body: { error: 'InvalidRedaction', description: 'text differs' } };
  const words = [...(html ?? '').matchAll(/<redact>(.*?)<\/redact>/g)].map(([, word]) => word ?? '');
  const blocks = (text: string): string => words.reduce((left, word) => left.replaceAll(word, '▇'.repeat(word.length)), text);
  comment.html_body = (html ?? '').replaceAll(/<redact>(.*?)<\/redact>/g, (_, word: string) => '▇'.repeat(word.length));
  comment.body = blocks(comment.body);
  comment.plain_body = comment.body;
  const ticket = state.tickets.get(comment.ticket_id);
  const [first] = [...state.comments.values()].filter((one) => one.ticket_id === comment.ticket_id);
  if (ticket !== undefined && first === comment) ticket.description = comment.body;
  note('redact', `comments/${comment.id}`);
  return ok({ comment });
}

/** Routes of tickets, their comments, and the two steps of their deletion. */
export function ticketRoutes(context: ZendeskContext): Readonly<Record<string, Handler>> {
  const { state, note } = context;
  return {
    'GET /api/v2/tickets/show_many': ({ query }) => {
      const ids = (query.get('ids') ?? '').split(',').map(Number);
      const tickets = ids.flatMap((id) => state.tickets.get(id) ?? []).filter(({ status }) => status !== 'deleted');
      return ok({ tickets, count: tickets.length, next_page: null });
    },
    'GET /api/v2/tickets/{id}': (request) => {
      const ticket = held(context, request);
      return ticket === undefined ? notFound : ok({ ticket });
    },
    'GET /api/v2/tickets/{id}/comments': (request) => {
      const ticket = held(context, request);
      if (ticket === undefined) return notFound;
      const comments = [...state.comments.values()].filter(({ ticket_id: id }) => id === ticket.id);
      return ok({ comments, count: comments.length, next_page: null });
    },
    'PUT /api/v2/tickets/{id}': (request) => {
      const ticket = held(context, request);
      if (ticket === undefined) return notFound;
      const { subject } = (request.body['ticket'] ?? {}) as { readonly subject?: string }; // described so
      if (subject !== undefined) ticket.subject = subject;
      note('update', `tickets/${ticket.id}`);
      return ok({ ticket });
    },
    'PUT /api/v2/comment_redactions/{id}': (request) => redact(context, request),
    'DELETE /api/v2/tickets/{id}': (request) => {
      const ticket = held(context, request);
      if (ticket === undefined) return notFound;
      ticket.status = 'deleted';
      note('delete', `tickets/${ticket.id}`);
      return { status: 204 };
    },
    'DELETE /api/v2/deleted_tickets/{id}': ({ params }) => {
      const id = Number(params['id']);
      if (state.tickets.get(id)?.status !== 'deleted') return notFound;
      purgeTicket(state, id);
      note('purge', `tickets/${id}`);
      return ok({ job_status: { id: `purge-${id}`, status: 'queued' } });
    },
    'GET /api/v2/job_statuses/{id}': ({ params }) => ok({ job_status: { id: params['id'], status: 'completed' } }),
  };
}
