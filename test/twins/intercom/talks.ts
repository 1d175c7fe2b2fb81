import type { TwinAnswer } from '../kit/twin.ts';
import type { Handler, VendorRequest } from '../kit/twin-http.ts';
import type { IntercomContext } from './routes.ts';
import { meets, notFound, paged, pageOf, type Search } from './search.ts';
import { redactedBody } from './store.ts';

const notRedactable: TwinAnswer = {
  status: 400,
  body: { type: 'error.list', errors: [{ code: 'conversation_part_not_redactable' }] },
};

/** Blots a whole part, or the source when a contact wrote it. */
function redact({ state, note }: IntercomContext, { body }: VendorRequest): TwinAnswer {
  const { type, conversation_id: id, conversation_part_id: partId } = body as Readonly<Record<string, string | undefined>>; // described so
  const conversation = state.conversations.get(id ?? '');
  if (conversation === undefined) return notFound;
  const part =
    type === 'source' ? conversation.source : conversation.conversation_parts.conversation_parts.find((one) => one.id === partId);
  if (part === undefined) return notFound;
  if (part.body === null || (type === 'source' && part.author.type !== 'user')) return notRedactable;
  part.body = redactedBody;
  part.redacted = true;
  note('redact', `conversations/${conversation.id}`);
  return { status: 200, body: conversation };
}

function ticketRoutes({ state, note }: IntercomContext): Readonly<Record<string, Handler>> {
  return {
    'POST /tickets/search': ({ body }) => {
      const search = body as unknown as Search; // described so
      const { field, value } = search.query;
      const found = [...state.tickets.values()].filter((one) =>
        field === 'contact_ids' ? one.contacts.contacts.some(({ id }) => id === String(value)) : meets(one, search.query),
      );
      return paged('tickets', found, pageOf(search));
    },
    'GET /tickets/{id}': ({ params }) => {
      const ticket = state.tickets.get(params['id'] ?? '');
      return ticket === undefined ? notFound : { status: 200, body: ticket };
    },
    'PUT /tickets/{id}': ({ params, body }) => {
      const ticket = state.tickets.get(params['id'] ?? '');
      if (ticket === undefined) return notFound;
      ticket.ticket_attributes = { ...ticket.ticket_attributes, ...(body['ticket_attributes'] as object | undefined) };
      note('update', `tickets/${ticket.id}`);
      return { status: 200, body: ticket };
    },
    'DELETE /tickets/{id}': ({ params }) => {
      const id = params['id'] ?? '';
      if (!state.tickets.delete(id)) return notFound;
      note('delete', `tickets/${id}`);
      return { status: 200, body: { id, object: 'ticket', deleted: true } };
    },
  };
}

/** Routes of conversations, their redaction, and tickets: what people wrote. */
export function talkRoutes(context: IntercomContext): Readonly<Record<string, Handler>> {
  const { state, note } = context;
  return {
    'POST /conversations/search': ({ body }) => {
      const search = body as unknown as Search; // described so
      const { field, value } = search.query;
      const found = [...state.conversations.values()].filter((one) =>
        field === 'contact_ids' ? one.contactId === String(value) : meets(one, search.query),
      );
      return paged('conversations', found, pageOf(search));
    },
    'POST /conversations/redact': (request) => redact(context, request),
    'GET /conversations/{id}': ({ params }) => {
      const conversation = state.conversations.get(params['id'] ?? '');
      return conversation === undefined ? notFound : { status: 200, body: conversation };
    },
    'PUT /conversations/{id}': ({ params, body }) => {
      const conversation = state.conversations.get(params['id'] ?? '');
      if (conversation === undefined) return notFound;
      if (typeof body['title'] === 'string') conversation.title = body['title'];
      note('update', `conversations/${conversation.id}`);
      return { status: 200, body: conversation };
    },
    'DELETE /conversations/{id}': ({ params }) => {
      const id = params['id'] ?? '';
      if (!state.conversations.delete(id)) return notFound;
      note('delete', `conversations/${id}`);
      return { status: 200, body: { id, object: 'conversation', deleted: true } };
    },
    ...ticketRoutes(context),
  };
}
