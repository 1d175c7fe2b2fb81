import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { compareNames, judgeHit, namesOn } from './lookup-hit.ts';

const mail = { kind: 'email', shared: false } as const;
const phone = { kind: 'phone', shared: false } as const;

describe('a record found by an identifier', () => {
  test.prop([fc.subarray([mail, phone]), fc.constantFrom('agree', 'disagree', 'silent')])(
    'that belongs to another client is never planned unasked',
    (foundBy, names) => {
      expect(judgeHit({ owner: 'other', foundBy, names })).toBe('question');
    },
  );

  test('by telephone alone is a question, even with the same name: namesakes share telephones', () => {
    expect(judgeHit({ owner: 'nobody', foundBy: [phone], names: 'agree' })).toBe('question');
    expect(judgeHit({ owner: 'nobody', foundBy: [phone, mail], names: 'agree' })).toBe('own');
  });

  test('by a shared mailbox, or with a name that disagrees, is a question', () => {
    expect(judgeHit({ owner: 'nobody', foundBy: [{ kind: 'email', shared: true }], names: 'agree' })).toBe('question');
    expect(judgeHit({ owner: 'nobody', foundBy: [mail], names: 'disagree' })).toBe('question');
    expect(judgeHit({ owner: 'nobody', foundBy: [mail], names: 'silent' })).toBe('own');
  });
});

describe('names', () => {
  test('agree over accents, case and a second family name', () => {
    expect(compareNames(['José Núñez'], ['NUÑEZ ORTIZ, Jose'])).toBe('agree');
  });

  test('of two brothers disagree', () => {
    expect(compareNames(['Ana García López'], ['Luis García López'])).toBe('disagree');
  });

  test('that are missing or one word say nothing', () => {
    expect(compareNames(['Ana García'], [])).toBe('silent');
    expect(compareNames(['Ana García'], ['ana'])).toBe('silent');
    expect(compareNames(['Ana García'], ['Luis'])).toBe('disagree');
  });

  test('are read from fields that are called names', () => {
    expect(namesOn({ first_name: 'Ana', last_name: 'García', user_name: 'x', email: 'a@b.example' })).toEqual(['Ana García']);
    expect(namesOn({ RealName: 'Ana García' })).toEqual(['Ana García']);
  });
});
