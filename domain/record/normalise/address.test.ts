import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { normaliseAddress, normaliseCity } from './address.ts';
import { normalisePostcode } from './postcode.ts';

const street = (written: string) => normaliseAddress({ street: written });

describe('address', () => {
  test.each([
    ['C/ Mayor, 5, 2º B', 'Calle Mayor 5'],
    ['Avda. de la Constitución, 3', 'AVENIDA CONSTITUCION 3'],
    ['12, av. Victor Hugo', 'Avenue Victor-Hugo 12'],
    ['Hardenbergstraße 87', 'Hardenbergstr. 87'],
    ['1515 Adela Ln', '1515 Adela Lane'],
    ['Via Garibaldi 12', 'V. Garibaldi, n. 12'],
    ['C. de Alcalá nº 12 bis', 'calle alcala 12'],
    ['Pl. de España, 1 Esc. A', 'Plaza España 1'],
  ])('%s is %s', (one, other) => {
    expect(street(one)).toEqual(street(other));
    expect(street(one).street).toBeDefined();
  });
  test('another number, another type and another name stay different', () => {
    expect(street('Calle Mayor 5')).not.toEqual(street('Calle Mayor 6'));
    expect(street('Calle Mayor 5').streetType).not.toBe(street('Plaza Mayor 5').streetType);
    expect(street('Calle Mayor 5').street).not.toBe(street('Calle Menor 5').street);
  });
  test('a whole address in one field is parted where it says so itself', () => {
    expect(street('123 Main Street, Las Vegas NV 89132')).toEqual({
      street: 'main',
      streetType: 'street',
      number: '123',
      city: 'las vegas',
      postcode: '89132',
    });
  });
  test('a street without number and a placeholder say so little', () => {
    expect(street('Plaza Mayor s/n').number).toBeUndefined();
    expect(normaliseAddress({ street: 'n/a', city: '---', postcode: '00000' })).toEqual({});
  });
  property.prop([
    fc.constantFrom('Calle', 'Avda.', 'Via', 'rue'),
    fc.stringMatching(/^[b-df-hj-z]{4,9}$/),
    fc.integer({ min: 1, max: 999 }),
  ])('case and spaces never matter', (type, name, number) => {
    const written = `${type} ${name} ${number}`;
    expect(street(`  ${written.toUpperCase().replaceAll(' ', '  ')} `)).toEqual(street(written));
  });
});

describe('city', () => {
  test('a city has one name, whatever the language', () => {
    for (const [one, other] of [
      ['Milán', 'milan'],
      ['Milano', 'Mailand'],
      ['Sevilla', 'Seville'],
      ['A Coruña', 'La Coruña'],
      ['St-Étienne', 'Saint Etienne'],
      ['Lyon CEDEX 03', 'lyon'],
    ] as const)
      expect(normaliseCity(one), one).toBe(normaliseCity(other));
  });
});

describe('postcode', () => {
  test.each([
    ['8001', 'ES', '08001'],
    ['28.001', 'ES', '28001'],
    ['F-75001', 'FR', '75001'],
    ['IT-00184', 'IT', '00184'],
    ['89132-1234', 'US', '89132'],
    ['tq13 8df', 'GB', 'TQ138DF'],
    ['1000-205', 'PT', '1000205'],
    ['8001', undefined, '8001'],
  ] as const)('%s in %s', (written, country, value) => {
    expect(normalisePostcode(written, country)).toBe(value);
  });
});
