import { describe, expect, test } from 'vitest';
import { maybeSameGivenName, nameLanguages, nicknameGroup, nicknameGroups } from './nickname.ts';

describe('nickname', () => {
  test.each([
    ['pepe', 'jose'],
    ['paco', 'kiko'],
    ['beppe', 'giuseppe'],
    ['gianni', 'giovanni'],
    ['bob', 'robert'],
    ['liz', 'betty'],
    ['dede', 'andre'],
    ['maite', 'maria teresa'],
    ['chema', 'jose maria'],
    ['ale', 'alessandra'],
    ['ale', 'alejandro'],
  ])('%s may be %s', (one, other) => {
    expect(maybeSameGivenName(one, other)).toBe(true);
    expect(maybeSameGivenName(other, one)).toBe(true);
  });
  test.each([
    ['bob', 'bill'],
    ['maria', 'marta'],
    ['juan', 'jose'],
    ['alessandro', 'alessandra'],
    ['xyz', 'abc'],
  ])('%s is not %s', (one, other) => {
    expect(maybeSameGivenName(one, other)).toBe(false);
  });
  test('a group is one of the names that a form stands for; an unknown name has none', () => {
    expect(nicknameGroups('ale')).toContain('alejandra');
    expect(nicknameGroup('beppe')).toBe('giuseppe');
    expect(nicknameGroup('xyz')).toBeUndefined();
    expect(nicknameGroups('xyz')).toEqual([]);
  });
  test('a name has the languages of the files in which it stands', () => {
    expect(nameLanguages('giuseppe')).toEqual(['it']);
    expect(nameLanguages('xyz')).toEqual([]);
  });
});
