import { expect, test } from 'vitest';
import { createWrittenTexts } from './written-texts.ts';

test('a text is written once, until others that were asked for since take all the room', () => {
  const texts = createWrittenTexts(16); // keys of one letter, texts of seven: two of them
  const written: string[] = [];
  const ask = (key: string) =>
    texts(key, () => {
      written.push(key);
      return key.repeat(7);
    });
  for (const key of ['a', 'b', 'a', 'c', 'a']) expect(ask(key)).toBe(key.repeat(7));
  expect(written).toEqual(['a', 'b', 'c']);
  ask('b');
  expect(written).toEqual(['a', 'b', 'c', 'b']);
});

test('a text that is longer than all the room is told, and not kept', () => {
  const texts = createWrittenTexts(4);
  let written = 0;
  const ask = () =>
    texts('k', () => {
      written += 1;
      return 'too long';
    });
  expect([ask(), ask(), written]).toEqual(['too long', 'too long', 2]);
});
