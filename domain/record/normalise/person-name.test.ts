import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { normalisePersonName } from './person-name.ts';

const whole = (fullName: string) => normalisePersonName({ fullName });

describe('person name', () => {
  test.each([
    ['Ana García López', ['ana'], ['garcia', 'lopez']],
    ['García López, Ana', ['ana'], ['garcia', 'lopez']],
    ['GARCIA LOPEZ ANA', ['ana'], ['garcia', 'lopez']],
    ['María José García López', ['maria', 'jose'], ['garcia', 'lopez']],
    ['García López María José', ['maria', 'jose'], ['garcia', 'lopez']],
    ['Sra. María de la Peña', ['maria'], ['pena']],
    ['Dott. Mario De Luca', ['mario'], ['luca']],
    ["Gabriele D'Annunzio", ['gabriele'], ['dannunzio']],
    ['Jean-Pierre Lefèvre', ['jean', 'pierre'], ['lefevre']],
    ['Ludwig van Beethoven', ['ludwig'], ['beethoven']],
    ['Herr Jürgen Müller', ['jurgen'], ['muller']],
    ['J. Smith, MD', ['j'], ['smith']],
    ['Cher', ['cher'], []],
  ] as const)('%s', (written, given, family) => {
    const name = whole(written);
    if (written === 'Jean-Pierre Lefèvre') expect(name?.sorted).toBe('jean lefevre pierre');
    else expect({ given: name?.given, family: name?.family }).toEqual({ given, family });
  });
  test('the order of the parts, accents, particles and case do not matter to the sorted form', () => {
    const sorted = whole('María de la Peña García')?.sorted;
    for (const written of ['Peña García, María', 'MARIA PEÑA GARCIA', 'Peña García María'])
      expect(whole(written)?.sorted, written).toBe(sorted);
    expect(normalisePersonName({ givenName: 'María', familyName: 'De La Peña García' })?.sorted).toBe(sorted);
    expect(normalisePersonName({ givenName: 'Peña García', familyName: 'María' })?.sorted).toBe(sorted);
  });
  test('Jr, Sr and III tell people of one name apart, and are no part of it', () => {
    expect(whole('Robert Smith Sr')).toMatchObject({ sorted: 'robert smith', generation: 'senior' });
    expect(normalisePersonName({ givenName: 'Robert', familyName: 'Smith Jr.' })).toMatchObject({
      sorted: 'robert smith',
      generation: 'junior',
    });
    expect(whole('Smith, Robert, III')?.generation).toBe('third');
    expect(whole('Sr. Juan Ruiz')).toMatchObject({ sorted: 'juan ruiz' });
    expect(whole('Sr. Juan Ruiz')).not.toHaveProperty('generation');
  });
  test('the whole name in one field is parted', () => {
    expect(normalisePersonName({ givenName: 'Ana García' })).toMatchObject({ given: ['ana'], family: ['garcia'] });
    expect(normalisePersonName({ familyName: 'García, Ana' })).toMatchObject({ given: ['ana'], family: ['garcia'] });
  });
  test('placeholders are no names; what stands in the other field is used', () => {
    expect(normalisePersonName({ givenName: 'n/a', familyName: 'xxxx' })).toBeUndefined();
    expect(normalisePersonName({ givenName: 'test', fullName: 'Ana Ruiz' })?.sorted).toBe('ana ruiz');
    for (const fullName of ['', '---', 'Sin nombre', 'unknown', '...']) expect(whole(fullName), fullName).toBeUndefined();
  });
  const word = fc.stringMatching(/^[b-df-hj-np-tv-z]{5,9}$/);
  property.prop([word, word, word])('parts or whole, either way round: one sorted form', (given, first, second) => {
    const sorted = normalisePersonName({ givenName: given, familyName: `${first} ${second}` })?.sorted;
    expect(whole(`${given} ${first} ${second}`)?.sorted).toBe(sorted);
    expect(whole(`${first} ${second}, ${given}`)?.sorted).toBe(sorted);
    expect(normalisePersonName({ givenName: `${first} ${second}`, familyName: given })?.sorted).toBe(sorted);
  });
});
