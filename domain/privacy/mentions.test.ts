import { describe, expect, test } from 'vitest';
import { mentionsIn, type Subject } from './mentions.ts';

const subject: Subject = {
  names: [{ given: 'José Antonio', family: 'Muñoz Quijano' }],
  emails: ['jose.munoz@example.org'],
  phones: ['+34600111222', '+33612345678', '+390612345678'],
  taxIds: ['ES12345678Z'],
};
const hows = (text: string) => mentionsIn(text, subject).map(({ how }) => how);

describe('a mention is found', () => {
  test.each([
    'Escribir a jose.munoz@example.org',
    'JOSE.MUNOZ@EXAMPLE.ORG',
    'jose.munoz+facturas@example.org',
    'jose.munoz (at) example.org',
    'jose.munoz arroba example punto org',
  ])('as an e-mail: %s', (text) => expect(hows(text)).toContain('email'));

  test.each([
    'tel. 600111222',
    '600 11 12 22',
    '600-111-222',
    '(600) 111.222',
    '+34 600 111 222',
    '0034600111222',
    '06 12 34 56 78',
    '+33 (0)6 12 34 56 78',
    '06 1234 5678',
  ])('as a telephone: %s', (text) => expect(hows(text)).toContain('phone'));

  test.each(['NIF 12345678Z', '12.345.678-Z', 'ES12345678Z'])('as a tax id: %s', (text) =>
    expect(hows(text)).toContain('tax-id'),
  );

  test.each([
    ['ha llamado José Antonio Muñoz Quijano', 'name'],
    ['jose munoz', 'name'],
    ['MUÑOZ QUIJANO, JOSÉ ANTONIO', 'name-variant'],
    ['Pepe Muñoz', 'name-variant'],
    ['J. Muñoz', 'name-variant'],
    ['José Munioz', 'name-variant'],
    ['Sr. Muñoz', 'name-variant'],
    ['Antonio Muñoz', 'name'],
    ['los Muñoz Quijano', 'name-variant'],
  ])('as a name: %s', (text, how) => expect(hows(text)).toContain(how));
});

test.each([
  'otro.jose.munoz@example.org',
  'jose.munoz@example.org.mx',
  'factura 2600111222 del 3/4',
  'el pozo de los Muñozes',
  'José Pérez y Ana Muñoz-Seca',
  '12345679Z',
  'Pepe y Toni',
])('what speaks of somebody else is left alone: %s', (text) => expect(hows(text)).toEqual([]));

test('its place is that of the text as it was given, accents and all', () => {
  const text = 'ÁÉ ñandú: llama José Muñoz mañana';
  const [found] = mentionsIn(text, subject);
  expect(text.slice(found?.start, found?.end)).toBe('José Muñoz');
});
