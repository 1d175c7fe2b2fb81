import { expect, test } from 'vitest';
import { cardLines, categoriesOf, hasCategory, partsOf, textsOf, withCategory } from './vcard.ts';

const card = [
  'BEGIN:VCARD',
  'VERSION:3.0',
  'FN:Ana Ruiz\\, hija',
  'N:Ruiz;Ana;;;',
  'item1.EMAIL;TYPE="home,pref":ana@example.org',
  'item1.X-ABLabel:Casa',
  'NOTE:Una nota muy la',
  ' rga\\nque se dobla',
  'CATEGORIES:Amigos,Club\\, el de tenis',
  'END:VCARD',
  '',
].join('\r\n');
const lines = cardLines(card) ?? [];

test('folded, escaped, grouped and structured lines are read', () => {
  expect(textsOf(lines, 'FN')).toEqual(['Ana Ruiz, hija']);
  expect(textsOf(lines, 'EMAIL')).toEqual(['ana@example.org']);
  expect(textsOf(lines, 'NOTE')).toEqual(['Una nota muy larga\nque se dobla']);
  expect(partsOf(lines.find(({ name }) => name === 'N'))).toEqual(['Ruiz', 'Ana', '', '', '']);
  expect(categoriesOf(lines)).toEqual(['Amigos', 'Club, el de tenis']);
});

test('a category comes and goes, and every other line stays byte for byte', () => {
  const marked = withCategory(card, 'Do not contact', true);
  expect(hasCategory(cardLines(marked) ?? [], 'do not CONTACT')).toBe(true);
  expect(withCategory(marked, 'Do not contact', false)).toBe(card);
  expect(withCategory(card, 'Amigos', false)).toBe(card.replace('CATEGORIES:Amigos,', 'CATEGORIES:'));
});

test('what is no vCard is told from an empty one', () => {
  for (const text of ['', 'hello', 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n', 'BEGIN:VCARD\r\nFN:Ana\r\n'])
    expect(cardLines(text)).toBeUndefined();
  expect(cardLines('BEGIN:VCARD\nEND:VCARD\n')).toHaveLength(2);
});
