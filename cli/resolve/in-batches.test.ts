import { fc, test as property } from '@fast-check/vitest';
import { expect } from 'vitest';
import { generatePeople } from '../../bench/people-generator.ts';
import { Random } from '../../bench/random.ts';
import { matchRecord } from '../../domain/identity/match-record.ts';
import { learnFrom, learningPolicy, resolve } from '../../domain/identity/resolve.ts';
import { resolveInBatches } from './in-batches.ts';

const people = (seed: number) =>
  [...generatePeople(400, seed)].map((row) =>
    matchRecord(row.uniqueId, 'person', {
      givenName: row.givenName,
      familyName: row.surname,
      country: 'ES',
      ...(row.birthDate === '' ? {} : { birthDate: row.birthDate }),
      ...(row.email === '' ? {} : { emails: [row.email] }),
      ...(row.phone === '' ? {} : { phones: [row.phone] }),
      addresses: [{ postcode: row.postcode, city: row.city }],
    }),
  );

property.prop([fc.nat(), fc.nat(), fc.integer({ min: 1, max: 450 })], { numRuns: 60 })(
  'batch after batch, in any order and of any size, gives what all at once gives',
  (seed, order, size) => {
    const records = people(seed % 50);
    const model = learnFrom(records);
    const whole = resolve(records, [], { model, policy: learningPolicy });
    const piecewise = resolveInBatches(new Random(order).shuffle([...records]), model, () => undefined, size);
    expect(piecewise.clusters).toEqual(whole.clusters);
    const told = (decisions: typeof whole.decisions) => [...decisions].map((one) => JSON.stringify(one)).sort();
    expect(told(piecewise.decisions)).toEqual(told(whole.decisions));
  },
);
