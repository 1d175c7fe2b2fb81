import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { normaliseCompanyName } from './company-name.ts';

describe('company name', () => {
  test('IBM is IBM however it is written, and never IBN', () => {
    for (const written of [
      'IBM',
      'I.B.M.',
      'I-B-M',
      'I BM',
      'I B M',
      'IBM, S.A.',
      'ibm sa',
      'I.B.M. S.A.',
      'IBM S. A.',
      'IBM Corp.',
      'IBM Corporation',
      'The IBM Company',
    ])
      expect(normaliseCompanyName(written), written).toBe('ibm');
    expect(normaliseCompanyName('IBN')).toBe('ibn');
    expect(normaliseCompanyName('IBN, S.A.')).toBe('ibn');
  });
  test.each([
    ['Aceites Núñez, S.L.', 'aceites nunez'],
    ['ACEITES NUÑEZ SLU', 'aceites nunez'],
    ['Aceites Núñez Sociedad Limitada', 'aceites nunez'],
    ['Hermanos García, S.A.U.', 'hermanos garcia'],
    ['García y Hermanos S.L.', 'garcia hermanos'],
    ['Rossi S.r.l.', 'rossi'],
    ['Rossi Srl unipersonale', 'rossi'],
    ['Rossi S.n.c. di Mario Rossi & C.', 'rossi'],
    ['Bianchi Società per Azioni', 'bianchi'],
    ['Dupont & Fils SARL', 'dupont fils'],
    ['SARL Dupont et Fils', 'dupont fils'],
    ['Martin & Cie', 'martin'],
    ['Transportes Silva, Lda.', 'transportes silva'],
    ['Silva Unipessoal Lda', 'silva'],
    ['Müller GmbH & Co. KG', 'muller'],
    ['Müller Gesellschaft mbH', 'muller'],
    ['Smith & Sons Ltd.', 'smith sons'],
    ['Smith and Sons Limited', 'smith sons'],
    ['Acme, Inc.', 'acme'],
    ['Acme L.L.C.', 'acme'],
    ['H&M', 'hm'],
    ['3M', '3m'],
    ['3 M', '3m'],
    ["L'Oréal S.A.", 'loreal'],
    ['SA', 'sa'],
    ['S.A.', 'sa'],
  ])('%s is %s', (written, name) => {
    expect(normaliseCompanyName(written)).toBe(name);
  });
  test('nothing and placeholders are no name', () => {
    for (const written of ['', '  ', '---', 'n/a', 'xxxx', '?']) expect(normaliseCompanyName(written), written).toBeUndefined();
  });
  const name = fc.stringMatching(/^[b-df-hj-np-tv-z]{5,9}( [b-df-hj-np-tv-z]{5,9})?$/);
  property.prop([name, fc.constantFrom('', ' S.L.', ', S.A.', ' SRL', ' S.p.A.', ' GmbH', ' Ltd', ' LLC', ' Lda.', ' SARL')], {
    numRuns: 1_000,
  })('no legal form and no case changes a name', (bare, form) => {
    expect(normaliseCompanyName(`${bare.toUpperCase()}${form}`)).toBe(bare);
  });
});
