import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { type ConsentEvent, consentState } from './consent-state.ts';
import { type Carrier, contactDecision, type Recipient } from './contact-decision.ts';
import { asDenials, isStanding, type ListedLine } from './listed-lines.ts';
import { suppressionsOwed } from './suppressions-owed.ts';

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
  test('a complaint stops every yes; an old opt-out yields to a later one', () => {
    expect(asked({ listed: [line('complaint')] }).reason).toBe('listed-complaint');
    expect(asked({ listed: [line('hard-bounce', { purpose: 'marketing' })] }).reason).toBe('listed-hard-bounce');
    expect(asked({ listed: [line('exclusion-list', { channel: 'phone' })] }).allowed).toBe(true);
    expect(asked({ listed: [line('opt-out', { purpose: 'marketing' })] }).allowed).toBe(true);
    expect(asked({ listed: [line('opt-out', { purpose: 'marketing', since: '2026-06-01T00:00:00.000Z' })] }).reason).toBe(
      'denied',
    );
  });
  test('an exclusion list stops an older yes and whoever never spoke; the later yes to exactly that counts more', () => {
    const listed = [line('exclusion-list', { since: '2026-03-01T00:00:00.000Z' })];
    expect(asked({ listed }).reason).toBe('listed-exclusion-list');
    expect(asked({ listed, carriers: [] }).reason).toBe('listed-exclusion-list');
    const later = [carrier('ana', [said('granted', '2026-04-01')])];
    expect(asked({ listed, carriers: later })).toEqual({ allowed: true, reason: 'granted' });
    expect(asked({ listed, carriers: later }, { channel: 'sms' }).allowed).toBe(false);
    expect(asked({ listed, carriers: [...later, carrier('luis', [])] }).reason).toBe('listed-exclusion-list');
    expect(asked({ listed: [...listed, line('opt-out')], carriers: later }).reason).toBe('denied');
    const found = [{ ...said('granted', '2026-04-01'), atKnown: false }];
    expect(asked({ listed, carriers: [carrier('ana', found)] }).reason).toBe('listed-exclusion-list');
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
  reason: fc.constantFrom('opt-out', 'complaint', 'hard-bounce', 'exclusion-list', 'no-interest'),
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
    if (allowed) expect(listed.filter((one) => isStanding(one) && applies(one))).toEqual([]);
    if (everyYes && !listed.some(applies)) expect(allowed).toBe(true);
  },
);

property.prop([fc.array(event, { maxLength: 8 }), fc.array(someLine, { maxLength: 4 })], { numRuns: 10_000 })(
  'the gate and what the linked systems are told agree, whatever was said and listed',
  (events, listed) => {
    const ana = carrier('ana', events);
    const all = [...ana.events, ...asDenials('ana', listed, ana.events)];
    const owed = suppressionsOwed(all, ['email']).some(({ purpose }) => purpose === '*' || purpose === 'marketing');
    const { reason } = contactDecision({ carriers: [ana], listed }, wanted);
    expect(reason === 'denied' || reason.startsWith('listed-')).toBe(owed);
  },
);

const applies = ({ purpose, channel }: ListedLine): boolean => purpose !== 'service' && channel !== 'sms';
