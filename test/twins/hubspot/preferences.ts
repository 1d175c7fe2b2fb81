import type { Handler } from '../kit/twin-http.ts';
import type { HubspotContext } from './routes.ts';
import { changeObject } from './store.ts';

/** E-mail preferences by address; a change is also a change of the contact, and sent as a webhook. */
export function preferenceRoutes({ state, clock, note, emit }: HubspotContext): Readonly<Record<string, Handler>> {
  const statusOf = (email: string): unknown => ({
    status: 'COMPLETE',
    results: [
      {
        channel: 'EMAIL',
        wideStatusType: 'PORTAL_WIDE',
        status: state.optedOut.has(email.toLowerCase()) ? 'UNSUBSCRIBED' : 'NOT_SPECIFIED',
      },
    ],
  });
  /** One pass over the contacts, however many addresses. */
  const unsubscribe = (given: readonly string[]): void => {
    const ignored = Math.min(state.deaf, given.length);
    state.deaf -= ignored;
    const emails = new Set(given.slice(ignored).map((email) => email.toLowerCase()));
    for (const email of emails) state.optedOut.add(email);
    for (const one of state.objects.contacts.values()) {
      if (!emails.has(one.properties['email']?.toLowerCase() ?? '')) continue;
      changeObject('contacts', one, { hs_email_optout: 'true' }, clock.stamp());
      note('unsubscribe', `contacts/${one.id}`);
      emit('contact.propertyChange', one.id, {
        propertyName: 'hs_email_optout',
        propertyValue: 'true',
        changeSource: 'INTEGRATION',
        sourceId: 4711,
      });
    }
  };
  const unsubscribeAll: Handler = ({ params }) => {
    const email = (params['subscriber'] ?? '').toLowerCase();
    unsubscribe([email]);
    return { status: 200, body: statusOf(email) };
  };
  const inputsOf = (body: Readonly<Record<string, unknown>>): readonly string[] => body['inputs'] as readonly string[]; // the spec says so
  /** Who is not opted out is not in the answer of the read. */
  const wideStatuses = (emails: readonly string[]): unknown => ({
    status: 'COMPLETE',
    results: emails
      .filter((email) => state.optedOut.has(email.toLowerCase()))
      .map((email) => ({
        subscriberIdString: email.toLowerCase(),
        wideStatuses: [{ channel: 'EMAIL', status: 'UNSUBSCRIBED', subscriberIdString: email, wideStatusType: 'PORTAL_WIDE' }],
      })),
  });
  return {
    'GET /communication-preferences/v4/statuses/{subscriber}/unsubscribe-all': ({ params }) => ({
      status: 200,
      body: statusOf(params['subscriber'] ?? ''),
    }),
    'POST /communication-preferences/v4/statuses/batch/unsubscribe-all/read': ({ body }) => ({
      status: 200,
      body: wideStatuses(inputsOf(body)),
    }),
    'POST /communication-preferences/v4/statuses/batch/unsubscribe-all': ({ body }) => {
      unsubscribe(inputsOf(body));
      return { status: 200, body: { status: 'COMPLETE', results: [] } };
    },
    'POST /communication-preferences/v4/statuses/{subscriber}/unsubscribe-all': unsubscribeAll,
    'GET /communication-preferences/v4/definitions': () => ({
      status: 200,
      body: { results: [{ id: '1', name: 'Newsletter' }] },
    }),
  };
}
