import type { Handler } from '../kit/vendor-twin.ts';
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
  const unsubscribe = (email: string): void => {
    if (state.deaf > 0) {
      state.deaf -= 1;
      return;
    }
    state.optedOut.add(email);
    for (const one of state.objects.contacts.values()) {
      if (one.properties['email']?.toLowerCase() !== email) continue;
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
    unsubscribe(email);
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
      for (const email of inputsOf(body)) unsubscribe(email.toLowerCase());
      return { status: 200, body: { status: 'COMPLETE', results: [] } };
    },
    'POST /communication-preferences/v4/statuses/{subscriber}/unsubscribe-all': unsubscribeAll,
    'GET /communication-preferences/v4/definitions': () => ({
      status: 200,
      body: { results: [{ id: '1', name: 'Newsletter' }] },
    }),
  };
}
