import { expect, test } from 'vitest';
import { draftOfParty, isErased, kindOf } from './party.ts';
import { trytonSettings } from './settings.ts';

const settings = trytonSettings({ url: 'https://erp.example', database: 'd', user: 'u', personCategories: ['Particular'] });
const inSpain = { 'addresses.': [{ active: true, 'country.': { code: 'ES' } }] };
const withTaxId = (code: string) => ({ ...inSpain, 'identifiers.': [{ type: 'es_vat', code, active: true }] });
const named = (name: string) => ({ name, ...inSpain });

test('a party category decides, whatever else is known', () => {
  expect(kindOf({ ...withTaxId('B12345674'), 'categories.': [{ name: 'PARTICULAR' }] }, settings)).toBe('person');
  expect(kindOf({ ...withTaxId('12345678Z'), 'categories.': [{ name: 'Empresa' }] }, settings)).toBe('company');
});

test('who works for someone is a person', () => {
  expect(kindOf({ ...named('Talleres Ana SL'), 'relations.': [{ to: 3, 'type.': { name: 'Employee of' } }] }, settings)).toBe(
    'person',
  );
  expect(kindOf({ ...named('Talleres Ana SL'), 'relations.': [{ to: 3, 'type.': { name: 'Supplier of' } }] }, settings)).toBe(
    'company',
  );
});

test('else whose the tax identifier is', () => {
  expect(kindOf({ ...withTaxId('B12345674'), name: 'Ana' }, settings)).toBe('company');
  expect(kindOf({ ...withTaxId('ES12345678Z'), name: 'Muebles SL' }, settings)).toBe('person');
});

test('else a legal form at the end of the name, and never in the middle of it', () => {
  for (const name of [
    'Roble S.L.',
    'Roble SL',
    'Roble, S. A. U.',
    'Quercia S.p.A.',
    'Quercia s.r.l.',
    'Chêne SARL',
    'Chêne S.A.S.',
    'Eiche GmbH',
  ]) {
    expect([name, kindOf(named(name), settings)]).toEqual([name, 'company']);
  }
  for (const name of ['Ana Salas', 'Elsa', 'Inca Roca', 'SA Marín', 'Teresa', 'Paul Sarl Dupont', '']) {
    expect([name, kindOf(named(name), settings)]).toEqual([name, 'person']);
  }
});

test('what is empty, blank or not in use is no value', () => {
  const party = {
    id: 7,
    name: '  Ana  ',
    'contact_mechanisms.': [
      { type: 'email', value: ' ana@casa.example ', active: 1 },
      { type: 'email', value: 'ana@casa.example', active: true },
      { type: 'email', value: 'old@casa.example', active: 0 },
      { type: 'phone', value: '', active: true },
    ],
    'identifiers.': [{ type: null, code: '****', active: true }],
    'addresses.': [{ active: true, street: '', city: null, 'country.': null }],
    create_date: { __class__: 'datetime', year: 2026, month: 1, day: 2, hour: 3, minute: 4, second: 5, microsecond: 678_900 },
    write_date: null,
  };
  expect(draftOfParty(party, settings)).toMatchObject({
    canonical: { fullName: 'Ana', emails: ['ana@casa.example'] },
    changedAt: '2026-01-02T03:04:05.678Z',
  });
  expect(Object.keys(draftOfParty(party, settings).canonical as object)).toEqual(['fullName', 'emails']);
});

test('a party is erased when nothing is left that says who it was, and not before', () => {
  const mechanism = { type: 'email', value: null, value_compact: 'ana@casa.example' };
  expect(isErased({ name: null, 'contact_mechanisms.': [mechanism] })).toBe(true);
  expect(isErased({ name: null, 'contact_mechanisms.': [{ ...mechanism, value: 'ana@casa.example' }] })).toBe(false);
  expect(isErased({ name: 'Ana', 'contact_mechanisms.': [] })).toBe(false);
  expect(isErased({ name: null, 'addresses.': [{ street: 'Calle Mayor 1' }] })).toBe(false);
  expect(isErased({ name: null, 'identifiers.': [{ code: '12345678Z' }] })).toBe(false);
  expect(isErased({ name: null, 'identifiers.': [{ code: '****' }] })).toBe(true);
});
