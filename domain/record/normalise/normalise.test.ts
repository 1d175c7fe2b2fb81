import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { companyDomain, normaliseEmail } from './email.ts';
import { normalisePhone } from './phone.ts';
import { isPlaceholder } from './placeholder.ts';
import { codiceFiscaleFacts, familyNameCode, givenNameCode } from './codice-fiscale.ts';
import { normaliseTaxId } from './tax-id.ts';

describe('e-mail', () => {
  test('case, spaces, a display name and a mailto do not matter', () => {
    for (const written of [' Ana@Ejemplo.ES ', 'Ana <ana@ejemplo.es>', 'mailto:ana@ejemplo.es', 'ana@ejemplo.es.']) {
      expect(normaliseEmail(written)?.value).toBe('ana@ejemplo.es');
    }
  });
  test('dots and tags fall away only for comparison, dots only where the provider ignores them', () => {
    expect(normaliseEmail('a.na+tienda@gmail.com')).toMatchObject({
      value: 'a.na+tienda@gmail.com',
      comparison: 'ana@gmail.com',
    });
    expect(normaliseEmail('a.na+x@ejemplo.es')?.comparison).toBe('a.na@ejemplo.es');
  });
  test('tags and dots fall away in forms of their own', () => {
    expect(normaliseEmail('a.na+x@googlemail.com')).toMatchObject({
      value: 'a.na+x@googlemail.com',
      untagged: 'a.na@googlemail.com',
      comparison: 'ana@gmail.com',
    });
    expect(normaliseEmail('ana.ruiz@pm.me')?.comparison).toBe(normaliseEmail('anaruiz@protonmail.com')?.comparison);
    expect(normaliseEmail('ana.ruiz@outlook.es')?.comparison).not.toBe(normaliseEmail('anaruiz@outlook.es')?.comparison);
  });
  test('a domain in another alphabet becomes ASCII', () => {
    expect(normaliseEmail('ana@españa.example')?.domain).toBe('xn--espaa-rta.example');
  });
  test('role mailboxes are known as such, people are not', () => {
    expect(normaliseEmail('info@x.example')?.isRole).toBe(true);
    expect(normaliseEmail('ventas.madrid@x.example')?.isRole).toBe(true);
    expect(normaliseEmail('infante@x.example')?.isRole).toBe(false);
  });
  test('what is no address, or a placeholder, is nothing', () => {
    for (const written of [
      '',
      'ana',
      'ana@',
      'ana@x',
      'noemail@noemail.com',
      'sincorreo@x.es',
      'a b@x.es',
      'a@a.com',
      'test@test.com',
      'x@noemail.es',
      'no.tiene@gmail.com',
    ]) {
      expect(normaliseEmail(written), written).toBeUndefined();
    }
  });
  property.prop([fc.emailAddress()])('normalising twice changes nothing', (email) => {
    const once = normaliseEmail(email)?.value;
    expect(once === undefined ? undefined : normaliseEmail(once)?.value).toBe(once);
  });
  test('a free provider is no company', () => {
    expect(companyDomain('https://www.ejemplo.es/x')).toBe('ejemplo.es');
    expect(companyDomain('gmail.com')).toBeUndefined();
  });
});

describe('telephone', () => {
  test('every way to write one number gives one E.164', () => {
    for (const written of ['+34 600 111 222', '0034600111222', '600-11-12-22', '600111222']) {
      expect(normalisePhone(written, 'ES')?.value).toBe('+34600111222');
    }
  });
  test('a number without prefix needs a country, and one that cannot exist is nothing', () => {
    expect(normalisePhone('600111222')).toBeUndefined();
    for (const written of ['000000000', '123456789', '12', 'none'])
      expect(normalisePhone(written, 'ES'), written).toBeUndefined();
  });
});

describe('tax id', () => {
  test.each([
    ['12345678Z', 'ES', 'nif', '12345678Z', true],
    ['ES-12.345.678-Z', undefined, 'nif', '12345678Z', true],
    ['12345678A', 'ES', 'nif', '12345678A', false],
    ['X1234567L', 'ES', 'nie', 'X1234567L', true],
    ['A58818501', 'ES', 'cif', 'A58818501', true],
    ['A58818502', 'ES', 'cif', 'A58818502', false],
    ['732829320', 'FR', 'siren', '732829320', true],
    ['73282932000074', 'FR', 'siren', '732829320', true],
    ['FR44732829320', undefined, 'siren', '732829320', true],
    ['IT00743110157', undefined, 'partita-iva', '00743110157', true],
    ['MRTMTT91D08F205J', 'IT', 'codice-fiscale', 'MRTMTT91D08F205J', true],
    ['DE136695976', undefined, 'other', 'DE136695976', false],
  ] as const)('%s in %s', (written, country, kind, value, valid) => {
    expect(normaliseTaxId(written, country)).toMatchObject({ kind, value, valid });
  });
  test.each([
    ['K1234567L', 'ES', 'nif', true],
    ['35600000000048', 'FR', 'siren', true],
    ['35600000049837', 'FR', 'siren', true],
  ] as const)('%s in %s is a valid %s', (written, country, kind, valid) => {
    expect(normaliseTaxId(written, country)).toMatchObject({ kind, valid });
  });
  test('a codice fiscale tells birth date, sex and letters of the names', () => {
    expect(codiceFiscaleFacts('MRTMTT91D08F205J')).toEqual({
      birthDates: ['2091-04-08', '1991-04-08'],
      sex: 'male',
      birthPlace: 'F205',
      familyNameCode: 'MRT',
      givenNameCode: 'MTT',
    });
    expect(codiceFiscaleFacts('RSSMRA85T50H501P')?.sex).toBe('female');
    // omocodia: letters where digits were
    expect(codiceFiscaleFacts('MRTMTTVMDLUF20RJ')?.birthDates[1]).toBe('1991-04-08');
    expect(codiceFiscaleFacts('MRTMTT9MD08F20RJ')?.birthDates[1]).toBe('1991-04-08');
    expect(codiceFiscaleFacts('12345678Z')).toBeUndefined();
    expect([familyNameCode('Moretti'), givenNameCode('Matteo')]).toEqual(['MRT', 'MTT']);
    expect([familyNameCode('Fo'), givenNameCode('Gianfranco'), familyNameCode("D'Aquino")]).toEqual(['FOX', 'GFR', 'DQN']);
  });
  test('placeholders are nothing', () => {
    for (const written of ['123456789', '00000000T', '000000000', '', 'XXXXXXXXX', '99999999'])
      expect(normaliseTaxId(written, 'ES'), written).toBeUndefined();
  });
  property.prop([fc.integer({ min: 1_000_000, max: 99_999_998 }), fc.integer({ min: 1, max: 22 })])(
    'a wrong letter is never valid',
    (number, shift) => {
      const letters = 'TRWAGMYFPDXBNJZSQVHLCKE';
      const digits = String(number).padStart(8, '0');
      expect(normaliseTaxId(`${digits}${letters[(number + shift) % 23]}`, 'ES')?.valid ?? false).toBe(false);
    },
  );
});

test('a name is no placeholder', () => {
  for (const name of ['Ana', 'Li', 'O', 'Null Island']) expect(isPlaceholder(name), name).toBe(false);
  for (const nothing of ['n/a', 'TEST', 'xxxx', '---', '', 'Sin apellidos', '...'])
    expect(isPlaceholder(nothing), nothing).toBe(true);
});
