import { describe, expect, test } from 'vitest';
import { type Matchable, type MatchRecord, matchRecord } from './match-record.ts';
import { resolve } from './resolve.ts';

let next = 0;
const record = (kind: MatchRecord['kind'], fields: Matchable): MatchRecord =>
  matchRecord(`s:${kind}:${String((next += 1)).padStart(4, '0')}`, kind, { country: 'ES', ...fields });
const person = (fields: Matchable): MatchRecord => record('person', fields);

/** Which of the records end in one client, as groups of their places. */
function groups(records: readonly MatchRecord[]): string[] {
  const places = new Map(records.map(({ key }, place) => [key, place]));
  return resolve(records)
    .clusters.map((members) => members.map((key) => places.get(key) ?? -1).sort((one, other) => one - other))
    .map((members) => members.join('+'))
    .sort();
}
const outcome = (one: MatchRecord, other: MatchRecord): string | undefined => [...resolve([one, other]).decisions][0]?.outcome;

const home = { addresses: [{ street: 'Calle Mayor 5', postcode: '28013', city: 'Madrid' }], phones: ['+34600111222'] };

describe('who is two people', () => {
  test('twins: one birth date, home and telephone, two given names', () => {
    const lucia = { familyName: 'Ortega Ruiz', birthDate: '1994-07-11', ...home };
    const twins = [person({ ...lucia, givenName: 'Lucía' }), person({ ...lucia, givenName: 'Claudia' })];
    expect(groups(twins)).toEqual(['0', '1']);
    expect(groups([...twins, person({ ...lucia, givenName: 'L.' })]).filter((group) => group.includes('+'))).not.toContain(
      '0+1+2',
    );
  });
  test('twins, each met twice, and a record that says neither which: it joins nobody, and bridges nobody', () => {
    const born = { familyName: 'Ortega Ruiz', birthDate: '1994-07-11', ...home };
    const twins = ['Luis', 'Luis', 'Laura', 'Laura'].map((givenName) => person({ ...born, givenName }));
    for (const bridge of [person(born), person({ ...born, givenName: 'L.' })])
      expect(groups([...twins, bridge])).toEqual(['0+1', '2+3', '4']);
  });
  test('a father and a son of one name at one address, with one mailbox', () => {
    const juan = { fullName: 'Juan Ortega Ruiz', emails: ['familia@ortega.example'], ...home };
    const both = [person({ ...juan, birthDate: '1951-02-03' }), person({ ...juan, birthDate: '1981-02-03' })];
    expect(groups(both)).toEqual(['0', '1']);
  });
  test('a record that fits two clients joins neither: a person is asked', () => {
    const juan = { fullName: 'Juan Ortega Ruiz', ...home };
    const records = [person({ ...juan, birthDate: '1951-02-03' }), person({ ...juan, birthDate: '1981-05-09' }), person(juan)];
    expect(groups(records)).toEqual(['0', '1', '2']);
    expect([...resolve(records).decisions].filter((decision) => decision.outcome === 'review')).toHaveLength(2);
  });
  test('two of one uncommon name in one town, of whom no more is known', () => {
    const cities = { addresses: [{ city: 'Soria' }] };
    expect(groups([person({ fullName: 'Ottone', ...cities }), person({ fullName: 'Ottone', ...cities })])).toEqual(['0', '1']);
  });
  test('Morris I and Morris II, born on one day', () => {
    const klein = { familyName: 'Klein', birthDate: '1982-12-04' };
    expect(groups([person({ ...klein, givenName: 'Morris I' }), person({ ...klein, givenName: 'Morris II' })])).toEqual([
      '0',
      '1',
    ]);
  });
  test('a telephone that was given to somebody else', () => {
    const phones = ['+34611222333'];
    const before = person({ fullName: 'Marta Sanz Gil', phones, birthDate: '1970-01-09' });
    expect(outcome(before, person({ fullName: 'Pedro Vidal Mora', phones }))).not.toBe('same');
  });
  test('a mailbox that was given to a successor', () => {
    const emails = ['gerencia@vidal.example'];
    expect(
      outcome(person({ fullName: 'Marta Sanz Gil', emails, ...home }), person({ fullName: 'Pedro Vidal Mora', emails })),
    ).not.toBe('same');
  });
  test('a bridge of a mailbox and a telephone joins no two who contradict each other', () => {
    const one = person({ fullName: 'Ana Sanz Gil', emails: ['ana.sanz@x.example'], birthDate: '1980-04-01' });
    const other = person({ fullName: 'Ana Sanz Gil', phones: ['+34600999888'], birthDate: '1962-09-30' });
    const bridge = person({ fullName: 'Ana Sanz Gil', emails: ['ana.sanz@x.example'], phones: ['+34600999888'] });
    expect(groups([one, other, bridge])).not.toContain('0+1+2');
  });
  test('two valid tax ids, whatever else agrees', () => {
    const ana = { fullName: 'Ana Sanz Gil', emails: ['ana.sanz@x.example'], birthDate: '1980-04-01', ...home };
    expect(groups([person({ ...ana, taxId: '12345678Z' }), person({ ...ana, taxId: '87654321X' })])).toEqual(['0', '1']);
  });
  test('a one-person company and the person are two clients', () => {
    const contact = { emails: ['ana@anasanz.example'], ...home };
    expect(
      groups([person({ fullName: 'Ana Sanz', ...contact }), record('company', { companyName: 'Ana Sanz', ...contact })]),
    ).toEqual(['0', '1']);
  });
});

describe('who is one person', () => {
  test('a name taken in marriage, with mailbox, birth date and home', () => {
    const maria = { givenName: 'Maria', emails: ['maria1984@x.example'], birthDate: '1984-11-02', ...home };
    const names = outcome(person({ ...maria, familyName: 'Bianchi' }), person({ ...maria, familyName: 'Conti' }));
    expect(names).not.toBe('different');
  });
  test('day and month swapped, a name crossed over its fields, an accent lost', () => {
    const ana = { emails: ['ana.garcia@x.example'], birthDate: '1980-03-04' };
    expect(
      groups([
        person({ ...ana, givenName: 'Ana', familyName: 'García' }),
        person({ ...ana, givenName: 'Garcia', familyName: 'Ana', birthDate: '1980-04-03' }),
      ]),
    ).toEqual(['0+1']);
  });
  test('one passport, a given name heard in two ways', () => {
    const lee = { familyName: 'Toulouse', documents: ['passport:483290175'] };
    const heard = ['Lee', 'Lea'].map((givenName) => person({ ...lee, givenName, documents: ['passport:48 3290 175'] }));
    expect(groups(heard)).toEqual(['0+1']);
    const renewed = { fullName: 'Lee Toulouse', birthDate: '1985-01-02', ...home };
    const papers = ['passport:483290175', 'passport:590011223'].map((paper) => person({ ...renewed, documents: [paper] }));
    expect(groups(papers)).toEqual(['0+1']);
  });
  test('two companies of one name and web site, written in two ways', () => {
    const companies = ['Vega y Mora, S.L.', 'VEGA Y MORA SL'].map((companyName) =>
      record('company', { companyName, website: 'https://vegaymora.example' }),
    );
    expect(groups(companies)).toEqual(['0+1']);
  });
});
