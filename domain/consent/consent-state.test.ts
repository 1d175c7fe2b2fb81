import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { asOneSubject, type ConsentEvent, consentMatrix, consentState } from './consent-state.ts';
import { suppressionFate, suppressionsOwed } from './suppressions-owed.ts';

const said = (answer: ConsentEvent['answer'], day: string, over: Partial<ConsentEvent> = {}): ConsentEvent => ({
  subjectId: 'p',
  purpose: 'marketing',
  channel: 'email',
  answer,
  at: `${day}T00:00:00.000Z`,
  atKnown: true,
  ...over,
});
const state = (events: readonly ConsentEvent[]) => consentState(events, 'marketing', 'email');

describe('what one person allows', () => {
  test('nothing said is unknown', () => expect(state([])).toBe('unknown'));
  test('an old opt-in that arrives late does not undo an opt-out', () => {
    expect(state([said('denied', '2026-03-02'), said('granted', '2026-03-01')])).toBe('denied');
  });
  test('a later explicit opt-in does', () => {
    expect(state([said('granted', '2026-03-03'), said('denied', '2026-03-02')])).toBe('granted');
  });
  test('at equal time the more protective wins', () => {
    expect(state([said('granted', '2026-03-02'), said('denied', '2026-03-02'), said('pending', '2026-03-02')])).toBe('denied');
  });
  test('a state that an import found never raises consent, however new', () => {
    expect(state([said('denied', '2026-03-02'), said('granted', '2026-09-01', { atKnown: false })])).toBe('denied');
    expect(state([said('pending', '2026-03-02'), said('granted', '2026-09-01', { atKnown: false })])).toBe('pending');
  });
  test('a denial that an import found lowers it', () => {
    expect(state([said('granted', '2026-03-02'), said('denied', '2026-09-01', { atKnown: false })])).toBe('denied');
  });
  test('an objection to every purpose beats a newer opt-in to one, until it is taken back for all', () => {
    const objection = said('denied', '2026-03-01', { purpose: '*', channel: 'any' });
    expect(state([objection, said('granted', '2026-05-01')])).toBe('denied');
    expect(state([objection, said('granted', '2026-04-01', { purpose: '*' }), said('granted', '2026-05-01')])).toBe('granted');
  });
  test('a yes to every purpose or any channel is a yes to none', () => {
    expect(state([said('granted', '2026-03-01', { purpose: '*' })])).toBe('unknown');
    expect(state([said('granted', '2026-03-01', { channel: 'any' })])).toBe('unknown');
  });
  test('events of two people are never put together', () => {
    expect(() => state([said('denied', '2026-03-01'), said('granted', '2026-03-01', { subjectId: 'q' })])).toThrow(
      'mixed-subjects',
    );
  });
  test('what is denied is owed on every channel that can be used', () => {
    const events = [said('denied', '2026-03-01', { channel: 'any' }), said('granted', '2026-03-01', { purpose: 'service' })];
    expect(suppressionsOwed(events, ['email', 'sms'])).toEqual([
      { purpose: 'marketing', channel: 'email' },
      { purpose: 'marketing', channel: 'sms' },
    ]);
  });
});

const event = fc.record({
  subjectId: fc.constant('p'),
  purpose: fc.constantFrom('marketing', 'service', '*'),
  channel: fc.constantFrom('email', 'sms', 'any'),
  answer: fc.constantFrom('granted', 'denied', 'pending'),
  at: fc.integer({ min: 1, max: 9 }).map((day) => `2026-03-0${day}T00:00:00.000Z`),
  atKnown: fc.boolean(),
}) satisfies fc.Arbitrary<ConsentEvent>;
const ledger = fc.array(event, { maxLength: 12 });
const many = { numRuns: 10_000 };

property.prop([ledger, fc.infiniteStream(fc.nat())], many)(
  'any arrival order, with any repetition, gives the same answers',
  (events, numbers) => {
    const shuffled = [...events, ...events.slice(0, 3)]
      .map((one) => ({ one, at: numbers.next().value as number }))
      .sort((a, b) => a.at - b.at)
      .map(({ one }) => one);
    expect(state(shuffled)).toBe(state(events));
    expect(consentMatrix(shuffled).map(({ purpose, channel, answer }) => `${purpose} ${channel} ${answer}`)).toEqual(
      consentMatrix(events).map(({ purpose, channel, answer }) => `${purpose} ${channel} ${answer}`),
    );
  },
);

property.prop([ledger, ledger], many)(
  'a denial of either side that is newer than every other word holds after a merge',
  (one, other) => {
    const merged = asOneSubject('client', [...one, ...other]);
    const relevant = merged.filter(({ channel }) => channel !== 'sms');
    const newestGrant = relevant
      .filter(({ answer }) => answer === 'granted')
      .reduce((newest, { at }) => (at > newest ? at : newest), '');
    const newestDenial = relevant
      .filter(({ answer, purpose }) => answer === 'denied' && purpose === 'marketing')
      .reduce((newest, { at }) => (at > newest ? at : newest), '');
    const newestPending = relevant
      .filter(({ answer }) => answer === 'pending')
      .reduce((newest, { at }) => (at > newest ? at : newest), '');
    if (newestDenial !== '' && newestDenial >= newestGrant && newestDenial >= newestPending) expect(state(merged)).toBe('denied');
  },
);

property.prop([ledger], many)('an objection to everything beats every purpose, whatever was said of one', (events) => {
  const before = events.filter(({ purpose, at }) => purpose !== '*' || at <= '2026-03-08T00:00:00.000Z');
  const objection = said('denied', '2026-03-08', { purpose: '*', channel: 'any' });
  for (const purpose of ['marketing', 'service', '*', 'never-named']) {
    for (const channel of ['email', 'sms', 'post']) expect(consentState([...before, objection], purpose, channel)).toBe('denied');
  }
});

property.prop([ledger], many)('the matrix says what the states say, and nothing is allowed that it does not list', (events) => {
  const lines = new Map(consentMatrix(events).map((line) => [`${line.purpose} ${line.channel}`, line.answer]));
  for (const purpose of ['marketing', 'service']) {
    for (const channel of ['email', 'sms']) {
      const answer = lines.get(`${purpose} ${channel}`);
      const holds = consentState(events, purpose, channel);
      if (answer === undefined) expect(holds).not.toBe('granted');
      else expect(answer).toBe(holds);
    }
  }
});

property.prop([ledger], many)('a suppression is lifted by a dated yes or by an empty ledger, and by nothing else', (events) => {
  for (const owed of suppressionsOwed(events, ['email', 'sms'])) expect(suppressionFate(events, owed).kind).toBe('stays');
  const fate = suppressionFate(events, { purpose: 'marketing', channel: 'email' });
  const holds = state(events);
  if (fate.kind === 'lifted')
    expect([fate.by?.answer, fate.by?.atKnown, holds]).toEqual(
      fate.by === null ? [undefined, undefined, 'unknown'] : ['granted', true, 'granted'],
    );
  else expect(holds).not.toBe('unknown');
});

property.prop([ledger], many)('an opt-out is never overtaken by anything older or merely found', (events) => {
  const optOut = said('denied', '2026-03-09');
  expect(state([...events.filter(({ at }) => at <= optOut.at), optOut])).toBe('denied');
  const found = said('granted', '2026-12-01', { atKnown: false });
  expect(state([...events.filter(({ at }) => at <= optOut.at), optOut, found])).toBe('denied');
});
