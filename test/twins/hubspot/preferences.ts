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
  const unsubscribeAll: Handler = ({ params }) => {
    const email = (params['subscriber'] ?? '').toLowerCase();
    if (state.deaf > 0) {
      state.deaf -= 1;
      return { status: 200, body: statusOf(email) };
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
    return { status: 200, body: statusOf(email) };
  };
  return {
    'GET /communication-preferences/v4/statuses/{subscriber}/unsubscribe-all': ({ params }) => ({
      status: 200,
      body: statusOf(params['subscriber'] ?? ''),
    }),
    'POST /communication-preferences/v4/statuses/{subscriber}/unsubscribe-all': unsubscribeAll,
    'GET /communication-preferences/v4/definitions': () => ({
      status: 200,
      body: { results: [{ id: '1', name: 'Newsletter' }] },
    }),
  };
}
