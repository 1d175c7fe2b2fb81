import { fc, test as property } from '@fast-check/vitest';
import { expect } from 'vitest';
import { asOneSubject, type ConsentEvent, consentMatrix, consentState } from './consent-state.ts';
import { suppressionsOwed } from './suppressions-owed.ts';

/**
 * A small model of what the store does: each of five sources keeps a record of each of three people, what a record's person said is kept
 * once by its content, clients are sets of records that merges and splits change. Deliveries come in any order, twice, and replayed.
 */
const sources = ['crm', 'erp', 'form', 'helpdesk', 'mailer'] as const;
const people = ['ana', 'eva', 'luis'] as const;
const records = sources.flatMap((source) => people.map((person) => `${source}/${person}`));
const minute = 60_000;
const start = Date.parse('2026-03-01T00:00:00.000Z');

interface Delivery {
  readonly record: string;
  readonly event: ConsentEvent;
}
type Step = { readonly one: string; readonly other: string; readonly kind: 'merge' | 'split' };

const skews = fc.tuple(...sources.map(() => fc.integer({ min: -5, max: 5 })));
const word = fc.record({
  source: fc.nat({ max: sources.length - 1 }),
  person: fc.constantFrom(...people),
  purpose: fc.constantFrom('marketing', 'service', '*'),
  channel: fc.constantFrom('email', 'sms', 'any'),
  answer: fc.constantFrom('granted', 'denied', 'pending'),
  minutes: fc.nat({ max: 12 }),
  atKnown: fc.boolean(),
});
const deliveries = fc.tuple(skews, fc.array(word, { maxLength: 14 })).map(([skew, words]): readonly Delivery[] =>
  words.map(({ source, person, minutes, ...said }) => {
    const record = `${sources[source] ?? ''}/${person}`;
    const at = new Date(start + (minutes + (skew[source] ?? 0)) * minute).toISOString();
    return { record, event: { subjectId: record, at, ...said } };
  }),
);
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('merge', 'merge', 'split'),
  one: fc.constantFrom(...records),
  other: fc.constantFrom(...records),
});
const chance = fc.infiniteStream(fc.nat({ max: 1_000_000 }));

/** Clients after these decisions, in their order: a merge joins two, a split takes one record out. */
function clientsAfter(steps: readonly Step[]): readonly (readonly string[])[] {
  let clients = records.map((record) => [record]);
  const of = (record: string) => clients.find((client) => client.includes(record)) ?? [];
  for (const { kind, one, other } of steps) {
    const [first, second] = [of(one), of(other)];
    if (kind === 'split') clients = [...clients.filter((client) => client !== first), first.filter((r) => r !== one), [one]];
    else if (first !== second) clients = [...clients.filter((c) => c !== first && c !== second), [...first, ...second]];
    clients = clients.filter((client) => client.length > 0);
  }
  return clients.map((client) => [...client].sort()).sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
}

/** The ledgers after everything arrived, some of it twice or replayed long after, in an order that chance gives. */
function ledgersAfter(all: readonly Delivery[], numbers: Iterator<number>): ReadonlyMap<string, readonly ConsentEvent[]> {
  const next = (): number => numbers.next().value as number; // the stream never ends
  const arriving = [...all, ...all.filter(() => next() % 3 === 0), ...all.slice(0, next() % (all.length + 1))];
  const shuffled = arriving.map((one) => ({ one, place: next() })).sort((a, b) => a.place - b.place);
  const ledgers = new Map<string, Map<string, ConsentEvent>>();
  for (const { one } of shuffled) {
    const ledger = ledgers.get(one.record) ?? new Map<string, ConsentEvent>();
    const { purpose, channel, answer, at, atKnown } = one.event;
    ledgers.set(one.record, ledger.set([purpose, channel, answer, at, atKnown].join('|'), one.event));
  }
  return new Map([...ledgers].map(([record, ledger]) => [record, [...ledger.values()]]));
}

const eventsOf = (ledgers: ReadonlyMap<string, readonly ConsentEvent[]>, client: readonly string[]) =>
  asOneSubject(
    client[0] ?? '',
    client.flatMap((record) => ledgers.get(record) ?? []),
  );
const inWords = (events: readonly ConsentEvent[]): readonly string[] =>
  consentMatrix(events).map(({ purpose, channel, answer }) => `${purpose} ${channel} ${answer}`);

const newest = (events: readonly ConsentEvent[], counts: (event: ConsentEvent) => boolean): string =>
  events.filter(counts).reduce((latest, { at }) => (at > latest ? at : latest), '');

property.prop([deliveries, fc.array(step, { maxLength: 8 }), chance, chance], { numRuns: 10_000 })(
  'five sources with skewed clocks, duplicates, replays, merges and splits come to the same state in any order',
  (all, steps, here, there) => {
    const [one, other] = [ledgersAfter(all, here), ledgersAfter(all, there)];
    for (const client of clientsAfter(steps)) {
      expect(inWords(eventsOf(one, client))).toEqual(inWords(eventsOf(other, client)));
      expect(suppressionsOwed(eventsOf(one, client), ['email', 'sms'])).toEqual(
        suppressionsOwed(eventsOf(other, client), ['email', 'sms']),
      );
    }
  },
);

property.prop([deliveries, fc.array(step, { maxLength: 8 }), chance], { numRuns: 10_000 })(
  'no opt-out is lost, nor overtaken by an older opt-in, by any merge; a split gives each side its own history back',
  (all, steps, numbers) => {
    const ledgers = ledgersAfter(all, numbers);
    for (const client of clientsAfter(steps)) {
      const said = all.filter(({ record }) => client.includes(record)).map(({ event }) => event);
      const held = eventsOf(ledgers, client);
      for (const purpose of ['marketing', 'service']) {
        for (const channel of ['email', 'sms']) {
          const onChannel = (event: ConsentEvent) => event.channel === channel || event.channel === 'any';
          const no = newest(said, (e) => e.answer === 'denied' && onChannel(e) && e.purpose === purpose);
          const never = newest(said, (e) => e.answer === 'denied' && onChannel(e) && e.purpose === '*');
          const backForAll = newest(said, (e) => e.answer !== 'denied' && e.atKnown && onChannel(e) && e.purpose === '*');
          const yes = newest(said, (e) => e.answer === 'granted' && e.atKnown && e.channel === channel && e.purpose === purpose);
          const state = consentState(held, purpose, channel);
          if (never !== '' && never >= backForAll) expect(state).toBe('denied');
          else if (no !== '' && no >= yes) expect(state).not.toBe('granted');
          if (state === 'granted') expect(no === '' || yes > no).toBe(true);
        }
      }
    }
    for (const record of records) {
      const own = all.filter((one) => one.record === record).map(({ event }) => event);
      expect(inWords(eventsOf(ledgers, [record]))).toEqual(inWords(own));
    }
  },
);
