import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { evidenceOf } from './evidence.ts';
import { type Matchable, type MatchRecord, matchRecord } from './match-record.ts';
import type { Constraint } from './comparison.ts';
import { type Resolution, resolve } from './resolve.ts';

let next = 0;
const person = (fields: Matchable): MatchRecord =>
  matchRecord(`s:person:${String((next += 1)).padStart(4, '0')}`, 'person', fields);
const company = (fields: Matchable): MatchRecord =>
  matchRecord(`s:company:${String((next += 1)).padStart(4, '0')}`, 'company', fields);
const together = (one: MatchRecord, other: MatchRecord, ...rest: readonly MatchRecord[]): boolean =>
  resolve([one, other, ...rest]).clusters.some((cluster) => cluster.includes(one.key) && cluster.includes(other.key));
const rule = (one: MatchRecord, other: MatchRecord) => [...resolve([one, other]).decisions][0]?.rule;

describe('people', () => {
  const ana = { givenName: 'Ana', familyName: 'García López', emails: ['ana@x.example'] };
  test('one address and one name, with a typo, a nickname or an accent lost, are one client', () => {
    for (const other of ['Ana Garcia Lopez', 'Ana Gacría López', 'LOPEZ GARCIA, ANA']) {
      expect(together(person(ana), person({ fullName: other, emails: ['ANA@x.example'] })), other).toBe(true);
    }
    expect(
      together(
        person({ fullName: 'Pepe Ruiz', emails: ['pr@x.example'] }),
        person({ fullName: 'José Ruiz', emails: ['pr@x.example'] }),
      ),
    ).toBe(true);
  });
  test('one address and two names stay apart and wait for a person', () => {
    const luis = person({ fullName: 'Luis García López', emails: ['ana@x.example'] });
    expect(together(person(ana), luis)).toBe(false);
    expect(rule(person(ana), luis)).toBe('names-differ');
  });
  test('parent and child of one name, with one telephone, are two people', () => {
    const parent = person({ fullName: 'Juan Ruiz Gil', phones: ['+34600111222'], birthDate: '1950-02-03' });
    const child = person({ fullName: 'Juan Ruiz Gil', phones: ['+34600111222'], birthDate: '1980-02-03' });
    expect(together(parent, child)).toBe(false);
  });
  test('a telephone alone never merges', () => {
    expect(
      together(
        person({ fullName: 'Juan Ruiz', phones: ['+34600111222'] }),
        person({ fullName: 'Juan Ruiz', phones: ['+34600111222'] }),
      ),
    ).toBe(false);
  });
  test('two valid tax ids keep apart whatever else agrees', () => {
    const one = person({ ...ana, taxId: '12345678Z', country: 'ES' });
    expect(together(one, person({ ...ana, taxId: '87654321X', country: 'ES' }))).toBe(false);
  });
  test('a bridge record joins nobody who contradicts', () => {
    const one = person({ ...ana, birthDate: '1980-01-01' });
    const bridge = person(ana);
    const other = person({ ...ana, birthDate: '1991-05-06' });
    expect(together(one, other, bridge)).toBe(false);
  });
  test('a mailbox of a role says nothing of who writes from it', () => {
    const info = ['info@x.example'];
    expect(together(person({ fullName: 'Ana García', emails: info }), person({ fullName: 'Ana García', emails: info }))).toBe(
      false,
    );
  });
});

describe('companies', () => {
  test('IBM is one company however it is written, where something else agrees too', () => {
    const phones = ['+34910000001'];
    const written = ['IBM', 'I.B.M.', 'I-B-M', 'IBM, S.A.'].map((companyName) => company({ companyName, phones }));
    expect(resolve(written).clusters).toHaveLength(1);
    expect(resolve([...written, company({ companyName: 'IBN', phones })]).clusters).toHaveLength(2);
  });
  test('a name alone never merges', () => {
    expect(together(company({ companyName: 'Vega' }), company({ companyName: 'Vega S.L.' }))).toBe(false);
  });
  test('a person and a company are never one client', () => {
    const emails = ['ana@x.example'];
    expect(together(person({ fullName: 'Ana Vega', emails }), company({ companyName: 'Ana Vega', emails }))).toBe(false);
  });
});

const pool = {
  givenName: fc.constantFrom('Ana', 'Ana María', 'José', 'Pepe', 'Luis'),
  familyName: fc.constantFrom('García', 'García López', 'Gracía', 'Ruiz'),
  email: fc.constantFrom('ana@x.example', 'a.garcia@x.example', 'info@x.example', undefined),
  phone: fc.constantFrom('+34600111222', '+34600111333', undefined),
  taxId: fc.constantFrom('12345678Z', '87654321X', undefined, undefined),
  birthDate: fc.constantFrom('1980-02-03', '1980-03-02', '1955-10-10', undefined, undefined),
};
const world = fc.array(fc.record(pool), { maxLength: 12 }).map((people) =>
  people.map(({ email, phone, taxId, birthDate, ...name }, place) =>
    matchRecord(`s:person:${String(place).padStart(3, '0')}`, 'person', {
      ...name,
      country: 'ES',
      ...(email ? { emails: [email] } : {}),
      ...(phone ? { phones: [phone] } : {}),
      ...(taxId ? { taxId } : {}),
      ...(birthDate ? { birthDate } : {}),
    }),
  ),
);
const constraintsOn = (records: readonly MatchRecord[], numbers: readonly number[]): Constraint[] =>
  numbers.flatMap((number, place) => {
    const one = records[number % Math.max(1, records.length)];
    const other = records[(number + place + 1) % Math.max(1, records.length)];
    return one && other && one.key < other.key
      ? [{ one: one.key, other: other.key, kind: number % 2 === 0 ? 'cannot-link' : 'must-link' }]
      : [];
  });
const told = ({ decisions, ...rest }: Resolution) => ({ ...rest, decisions: [...decisions] });
const enough = { numRuns: 1_000 };

property.prop([world, fc.array(fc.nat({ max: 50 }), { maxLength: 3 }), fc.infiniteStream(fc.nat())], enough)(
  'any order of records and constraints gives the same clusters',
  (records, numbers, stream) => {
    const constraints = constraintsOn(records, numbers);
    const shuffled = records
      .map((record) => ({ record, at: stream.next().value as number }))
      .sort((a, b) => a.at - b.at)
      .map(({ record }) => record);
    expect(told(resolve(shuffled, [...constraints].reverse()))).toEqual(told(resolve(records, constraints)));
  },
);

property.prop([world, fc.array(fc.nat({ max: 50 }), { maxLength: 3 })], enough)(
  'no cluster holds a cannot-link, or two different valid tax ids but for what a person linked',
  (records, numbers) => {
    const constraints = constraintsOn(records, numbers);
    const byKey = new Map(records.map((record) => [record.key, record]));
    const linked = new Set(constraints.filter(({ kind }) => kind === 'must-link').map(({ one, other }) => `${one} ${other}`));
    for (const cluster of resolve(records, constraints).clusters) {
      for (const { one, other, kind } of constraints) {
        if (kind === 'cannot-link') expect(cluster.includes(one) && cluster.includes(other)).toBe(false);
      }
      for (const one of cluster) {
        for (const other of cluster) {
          const [first, second] = [byKey.get(one), byKey.get(other)];
          if (one >= other || !first || !second || linked.has(`${one} ${other}`)) continue;
          expect(evidenceOf(first, second, () => false).taxId).not.toBe('conflict');
        }
      }
    }
  },
);

property.prop([world], enough)('every record is in exactly one cluster', (records) => {
  expect(resolve(records).clusters.flat().sort()).toEqual(records.map(({ key }) => key).sort());
});
