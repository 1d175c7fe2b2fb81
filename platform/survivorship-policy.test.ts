import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { survivor, survivorshipPolicy } from '../domain/record/survivorship.ts';
import { ownSurvivorshipPolicy, parseSurvivorshipPolicy } from './survivorship-policy.ts';
import { validatorFor } from './validate.ts';

const says = (value: unknown, system: string, over: object = {}) => ({
  sourceRecordId: '1',
  linkedSystemId: system,
  value,
  at: '2026-01-01T00:00:00.000Z',
  sourceRank: 100,
  ...over,
});

test('the policy that ships is one of its schema', () => {
  expect(validatorFor('policy/survivorship-policy')(survivorshipPolicy)).toEqual([]);
});

test('verified beats typed, frequency and a rank of its own decide where the policy says so, and the rule is told', () => {
  const policy = parseSurvivorshipPolicy(
    `version: 1
default: { rules: [most-frequent, most-recent] }
fields:
  taxId: { rules: [verified] }
  role: { rules: [source-rank], systems: [sheet, erp] }
`,
    'survivorship.yaml',
  );
  const taxId = survivor(
    'taxId',
    [says('A', 'erp', { at: '2026-09-09T00:00:00.000Z' }), says('B', 'sheet', { verified: true })],
    policy,
  );
  expect(taxId).toMatchObject({ value: 'B', rule: 'verified', losing: [{ value: 'A' }] });
  const language = survivor('language', [says('fr', 'erp'), says('es', 'sheet'), says('es', 'mailer')], policy);
  expect(language).toMatchObject({ value: 'es', rule: 'most-frequent' });
  expect(survivor('role', [says('boss', 'erp', { sourceRank: 1 }), says('chief', 'sheet')], policy)).toMatchObject({
    value: 'chief',
    rule: 'source-rank',
  });
});

test.each([
  ['fields: [', 'policy-unreadable: own.yaml, line'],
  ['version: 1\ndefault: { rules: [newest] }\nfields: {}\n', 'policy-invalid: own.yaml: line 2, default.rules.0:'],
  [
    'version: 1\ndefault: { rules: [most-recent] }\nfields:\n  role:\n    rule: x\n',
    'line 5, fields.role: "rule" is not a known field. Did you mean "rules"?',
  ],
])('a mistake in %j names file, line and field, and the way out', (text, said) => {
  expect(() => parseSurvivorshipPolicy(text, 'own.yaml')).toThrow(said);
  expect(() => parseSurvivorshipPolicy(text, 'own.yaml')).toThrow('docs/how-to/review-matches.md');
});

test('without a file in the folder there is no policy of the own; with one it is read', () => {
  const home = mkdtempSync(join(tmpdir(), 'ficha-policy-'));
  expect(ownSurvivorshipPolicy(home)).toBeUndefined();
  writeFileSync(join(home, 'survivorship.yaml'), JSON.stringify(survivorshipPolicy));
  expect(ownSurvivorshipPolicy(home)).toEqual(survivorshipPolicy);
  rmSync(home, { recursive: true });
});
