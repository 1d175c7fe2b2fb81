import { expect, test } from 'vitest';
import { generatePeople } from '../../bench/people-generator.ts';
import { type Matchable, type MatchRecord, matchRecord } from './match-record.ts';
import { resolve } from './resolve.ts';

/** So many that shares are learnt, and records of a cluster speak for each other. */
const others: readonly MatchRecord[] = [...generatePeople(6_000, 3)].map(
  ({ uniqueId, givenName, surname, birthDate, email, phone, postcode, city }) =>
    matchRecord(uniqueId, 'person', {
      givenName,
      familyName: surname,
      country: 'ES',
      ...(birthDate === '' ? {} : { birthDate }),
      ...(email === '' ? {} : { emails: [email] }),
      ...(phone === '' ? {} : { phones: [phone] }),
      addresses: [{ postcode, city }],
    }),
);

/** Twins, each met twice, and two records of theirs that do not say whose they are. */
const families = [
  {
    familyName: 'Ortegavila',
    birthDate: '1994-07-11',
    addresses: [{ postcode: '42001', city: 'Soria' }],
    phones: ['+34600111222'],
  },
  {
    familyName: 'Zubimendi',
    birthDate: '1981-03-30',
    addresses: [{ postcode: '20001', city: 'Donostia' }],
    emails: ['zubi@x.example'],
  },
].flatMap((home: Matchable, family) =>
  ['Luis', 'Luis', 'Laura', 'Laura', undefined, 'L.'].map((givenName, place) =>
    matchRecord(`twins${family}:${place}`, 'person', {
      ...home,
      country: 'ES',
      ...(givenName === undefined ? {} : { givenName }),
    }),
  ),
);

test.each([0, 1])(
  'twins among thousands: no record that does not say which of them it is makes them one (family %i)',
  (family) => {
    const { clusters } = resolve([...others, ...families], [], { model: 'learn' });
    const clientOf = (place: number) => clusters.findIndex((members) => members.includes(`twins${family}:${place}`));
    expect(clientOf(0)).toBe(clientOf(1));
    expect(clientOf(2)).toBe(clientOf(3));
    expect(clientOf(0)).not.toBe(clientOf(2));
  },
);
