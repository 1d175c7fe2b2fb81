import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { privacyPolicy } from '../domain/privacy/privacy-policy.ts';
import { retentionPolicy } from '../domain/privacy/retention-policy.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { ownPolicies } from './privacy-policies.ts';

const home = (files: Readonly<Record<string, string>>): string => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'policies'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'policies', name), text);
  return folder;
};

test('a controller without files of its own has those that ship', () => {
  expect(ownPolicies(temporaryFolder())).toEqual({});
});

test('own files hold, whole', () => {
  const privacy = { ...privacyPolicy, twoPersonOverLines: 5 };
  const folder = home({ 'privacy.json': JSON.stringify(privacy), 'retention.json': JSON.stringify(retentionPolicy) });
  expect(ownPolicies(folder)).toEqual({ privacy, retention: retentionPolicy });
});

test('a file with a mistake stops the start, and says which field of which file', () => {
  const mistaken = { ...privacyPolicy, remindDaysBefore: ['soon'] };
  expect(() => ownPolicies(home({ 'privacy.json': JSON.stringify(mistaken) }))).toThrow(/privacy\.json.*remindDaysBefore/);
  expect(() => ownPolicies(home({ 'retention.json': '{' }))).toThrow('policy-invalid');
});
