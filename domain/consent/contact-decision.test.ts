import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { type ConsentEvent, consentState } from './consent-state.ts';
import { type Carrier, contactDecision, type ListedLine, type Recipient } from './contact-decision.ts';

const wanted = { purpose: 'marketing', channel: 'email', consent: 'needed' } as const;
const said = (answer: ConsentEvent['answer'], day: string): ConsentEvent => ({
  subjectId: 'ana',
  purpose: 'marketing',
  channel: 'email',
  answer,
  at: `${day}T00:00:00.000Z`,
  atKnown: true,
});
const carrier = (clientId: string, events: readonly ConsentEvent[], state: Carrier['state'] = 'active'): Carrier => ({
  clientId,
  state,
  events: events.map((event) => ({ ...event, subjectId: clientId })),
});
const yes = [said('granted', '2026-01-01')];
const line = (reason: ListedLine['reason'], over: Partial<ListedLine> = {}): ListedLine => ({
  reason,
  purpose: '*',
  channel: 'any',
  since: '2025-01-01T00:00:00.000Z',
  ...over,
});
const asked = (recipient: Partial<Recipient>, over: object = {}) =>
  contactDecision({ carriers: [carrier('ana', yes)], listed: [], ...recipient }, { ...wanted, ...over });

describe('one recipient', () => {
  test('who said yes may be written to', () => expect(asked({})).toEqual({ allowed: true, reason: 'granted' }));
  test('nobody known is no', () => expect(asked({ carriers: [] })).toEqual({ allowed: false, reason: 'unknown' }));
  test('a yes not yet confirmed is no', () => {
    expect(asked({ carriers: [carrier('ana', [said('pending', '2026-01-01')])] }).reason).toBe('pending');
  });
  test('an address of two clients needs the yes of both', () => {
    const luis = (events: readonly ConsentEvent[]) => asked({ carriers: [carrier('ana', yes), carrier('luis', events)] });
    expect(luis([])).toEqual({ allowed: false, reason: 'unknown' });
    expect(luis([said('denied', '2026-02-01')]).reason).toBe('denied');
    expect(luis(yes).allowed).toBe(true);
  });
  test('what is meant for one client never goes to an address of another, nor to one that both carry', () => {
    expect(asked({ meantFor: 'luis' }).reason).toBe('of-another-client');
    expect(asked({ meantFor: 'ana', carriers: [carrier('ana', yes), carrier('luis', yes)] }).reason).toBe('of-another-client');
    expect(asked({ meantFor: 'ana', carriers: [] }).reason).toBe('of-another-client');
    expect(asked({ meantFor: 'ana' }).allowed).toBe(true);
  });
  test('a restricted or blocked client gets nothing, consent needed or not', () => {
    for (const state of ['restricted', 'blocked', 'erased'] as const)
      expect(asked({ carriers: [carrier('ana', yes, state)] }, { consent: 'not-needed' }).reason).toBe('held');
  });
  test('a message under contract needs no yes, but an objection stops it', () => {
    expect(asked({ carriers: [carrier('ana', [])] }, { consent: 'not-needed' })).toEqual({ allowed: true, reason: 'not-needed' });
    expect(asked({ carriers: [carrier('ana', [said('denied', '2026-01-01')])] }, { consent: 'not-needed' }).reason).toBe(
      'denied',
    );
  });
  test('a complaint or an exclusion list stops every yes; an old opt-out yields to a later one', () => {
    expect(asked({ listed: [line('complaint')] }).reason).toBe('listed-complaint');
    expect(asked({ listed: [line('exclusion-list', { channel: 'phone' })] }).allowed).toBe(true);
    expect(asked({ listed: [line('opt-out', { purpose: 'marketing' })] }).allowed).toBe(true);
    expect(asked({ listed: [line('opt-out', { purpose: 'marketing', since: '2026-06-01T00:00:00.000Z' })] }).reason).toBe(
      'denied',
    );
  });
  test('the opt-out of who was erased still holds for the bare address', () => {
    expect(asked({ carriers: [], listed: [line('opt-out')] }, { consent: 'not-needed' }).reason).toBe('denied');
  });
});

const day = fc.integer({ min: 1, max: 9 }).map((number) => `2026-03-0${number}T00:00:00.000Z`);
const purposes = fc.constantFrom('marketing', 'service', '*');
const channels = fc.constantFrom('email', 'sms', 'any');
const event = fc.record({
  subjectId: fc.constant('x'),
  purpose: purposes,
  channel: channels,
  answer: fc.constantFrom('granted', 'denied', 'pending'),
  at: day,
  atKnown: fc.boolean(),
}) satisfies fc.Arbitrary<ConsentEvent>;
const someCarrier = fc
  .tuple(fc.constantFrom('ana', 'luis'), fc.array(event, { maxLength: 6 }), fc.constantFrom('active', 'active', 'restricted'))
  .map(([clientId, events, state]) => carrier(clientId, events, state as Carrier['state'])); // the tuple widens it
const someLine = fc.record({
  reason: fc.constantFrom('opt-out', 'complaint', 'hard-bounce'),
  purpose: purposes,
  channel: channels,
  since: day,
}) satisfies fc.Arbitrary<ListedLine>;

property.prop([fc.array(someCarrier, { maxLength: 3 }), fc.array(someLine, { maxLength: 3 })], { numRuns: 10_000 })(
  'nobody is written to who did not say yes, who is held, or of whom the list says no',
  (carriers, listed) => {
    const { allowed } = contactDecision({ carriers, listed }, wanted);
    const everyYes =
      carriers.length > 0 &&
      carriers.every(({ state, events }) => state === 'active' && consentState(events, 'marketing', 'email') === 'granted');
    if (allowed) expect(everyYes).toBe(true);
    if (allowed) expect(listed.filter((one) => one.reason !== 'opt-out' && applies(one))).toEqual([]);
    if (everyYes && !listed.some(applies)) expect(allowed).toBe(true);
  },
);

const applies = ({ purpose, channel }: ListedLine): boolean => purpose !== 'service' && channel !== 'sms';
