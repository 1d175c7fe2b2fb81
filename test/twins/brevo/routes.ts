import type { TwinAnswer } from '../kit/twin.ts';
import type { TwinClock } from '../kit/twin-clock.ts';
import type { Handler, VendorRequest } from '../kit/twin-http.ts';
import { crmRoutes } from './crm.ts';
import { addressOf, type BrevoState, changeContact, type Contact } from './store.ts';

export interface BrevoContext {
  readonly state: BrevoState;
  readonly clock: TwinClock;
  note(verb: string, subject: string): void;
}

const notFound: TwinAnswer = { status: 404, body: { code: 'document_not_found', message: 'Contact does not exist' } };

const find = ({ contacts }: BrevoState, key: string): Contact | undefined =>
  contacts.get(Number(key)) ?? [...contacts.values()].find((contact) => addressOf(contact) === key.toLowerCase());

const shown = (state: BrevoState, contact: Contact) => ({
  ...contact,
  emailBlacklisted: state.blockedEmails.has(addressOf(contact)),
  smsBlacklisted: state.blockedSms.has(addressOf(contact)),
});

function list({ state }: BrevoContext, { query }: VendorRequest): TwinAnswer {
  const since = query.get('modifiedSince');
  const found = [...state.contacts.values()]
    .filter(({ modifiedAt }) => since === null || Date.parse(modifiedAt) >= Date.parse(since))
    .sort((one, other) => one.id - other.id);
  const from = Number(query.get('offset') ?? 0);
  const page = found.slice(from, from + Number(query.get('limit') ?? 50));
  return { status: 200, body: { contacts: page.map((contact) => shown(state, contact)), count: found.length } };
}

/** Puts an address on a list or takes it off. */
function mark(list: Set<string>, address: string, wanted: unknown): void {
  if (wanted === true) list.add(address);
  else if (wanted === false) list.delete(address);
}

function put({ state, clock, note }: BrevoContext, { params, body }: VendorRequest): TwinAnswer {
  const contact = find(state, params['id'] ?? '');
  if (contact === undefined) return notFound;
  if (state.deaf > 0) {
    state.deaf -= 1;
    return { status: 204 };
  }
  mark(state.blockedEmails, addressOf(contact), body['emailBlacklisted']);
  mark(state.blockedSms, addressOf(contact), body['smsBlacklisted']);
  changeContact(clock, contact, {});
  note('update', `contacts/${contact.id}`);
  return { status: 204 };
}

interface TransactionalMail {
  readonly sender?: { readonly email?: string };
  readonly to?: readonly { readonly email: string }[];
  readonly subject?: string;
  readonly textContent?: string;
  readonly htmlContent?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Takes one message; a key that it knows sends nothing a second time. */
function sendMail({ state, note }: BrevoContext, { body }: VendorRequest): TwinAnswer {
  const { sender, to = [], subject = '', textContent = '', htmlContent = '', headers = {} } = body as TransactionalMail; // Brevo's reference, "Send a transactional email"
  const [receiver] = to;
  if (sender?.email === undefined || receiver === undefined || htmlContent === '')
    return { status: 400, body: { code: 'missing_parameter', message: 'sender, to and htmlContent are mandatory' } };
  const key = headers['idempotencyKey'] ?? `${state.sent.size}`;
  if (!state.sent.has(key)) note('send', 'an address');
  state.sent.set(key, { to: receiver.email, subject, text: textContent, html: htmlContent });
  state.sentTo.add(receiver.email.toLowerCase());
  return { status: 201, body: { messageId: `<${key}@smtp-relay.example>` } };
}

/** Routes of contacts, the log of mail sent, and the account. */
export function brevoRoutes(context: BrevoContext): Readonly<Record<string, Handler>> {
  const { state, note } = context;
  return {
    'GET /account': () => ({ status: 200, body: { companyName: 'Twin', email: 'owner@twin.example' } }),
    'GET /contacts/attributes': () => ({
      status: 200,
      body: { attributes: ['LASTNAME', 'FIRSTNAME'].map((name) => ({ name, category: 'normal', type: 'text' })) },
    }),
    'GET /contacts': (request) => list(context, request),
    'GET /contacts/{id}': ({ params }) => {
      const contact = find(state, params['id'] ?? '');
      return contact === undefined ? notFound : { status: 200, body: shown(state, contact) };
    },
    'PUT /contacts/{id}': (request) => put(context, request),
    'DELETE /contacts/{id}': ({ params }) => {
      const contact = find(state, params['id'] ?? '');
      if (contact === undefined) return notFound;
      state.contacts.delete(contact.id);
      state.blockedEmails.delete(addressOf(contact)); // the mark goes with the contact
      note('delete', `contacts/${contact.id}`);
      return { status: 204 };
    },
    'POST /smtp/email': (request) => sendMail(context, request),
    'DELETE /smtp/log/{address}': ({ params }) => {
      const address = (params['address'] ?? '').toLowerCase();
      if (!state.sentTo.delete(address)) return { status: 404, body: { code: 'document_not_found', message: 'no log' } };
      note('delete-log', 'an address');
      return { status: 204 };
    },
    ...crmRoutes(context),
  };
}
