import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { micro, plannedTables, valueOf } from '../domain/metrics/catalog.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { ageBand } from './age-band.ts';
import { loadCatalog, ownCatalog } from './catalog.ts';

const own = fileURLToPath(new URL('.', import.meta.url));

/** The declarations of this installation with one file of their own. */
function catalogWith(file: string, text: string): string {
  const folder = temporaryFolder();
  for (const part of ['dimensions', 'metrics', 'parameters.yaml'])
    cpSync(join(own, part), join(folder, part), { recursive: true });
  writeFileSync(join(folder, file), text);
  return folder;
}

const dimension = (values: string) => `title: X\ndescription: x\nfrom: client-sector\nvalues: ${values}\n`;
const metric = (over: string) => `kind: released\ntitle: X\ndescription: x\nmeasure: active\nunit: clients\n${over}\n`;

test('the declared tables leave some of the budget, and each knows its total and its count', () => {
  const spent = plannedTables(ownCatalog()).reduce((sum, { epsilonMicro }) => sum + epsilonMicro, 0);
  expect(spent).toBeLessThan(micro(ownCatalog().parameters.budget));
  expect(ownCatalog().metrics.size).toBeGreaterThan(15);
});

test.each([
  ['dimensions/postcode.yaml', dimension('[a, b]'), /metric-quasi-identifier: .*postcode.*country or age-band/],
  ['dimensions/birth-date.yaml', dimension('[a, b]'), /metric-quasi-identifier/],
  ['dimensions/client-id.yaml', dimension('[a, b]'), /metric-quasi-identifier/],
  ['dimensions/zone.yaml', dimension("['28001', '28002']"), /metric-quasi-identifier: .*zone.yaml, values.0/],
  ['metrics/x.yaml', metric('clamp: 1\nepsilon: 0.01\ntables: [[], [planet]]'), /there is no dimension planet/],
  [
    'metrics/x.yaml',
    metric('clamp: 1\nepsilon: 0.01\ntables: [[country]]'),
    /metric-table-missing: .*needs the table x by nothing/,
  ],
  ['metrics/x.yaml', metric('clamp: 1\nepsilon: 1.5\ntables: [[]]'), /metric-budget: .*epsilon a month/],
  ['metrics/x.yaml', metric('clamp: 1\nepsilon: 0.01\ntables: [[]]\ncountedBy: nobody'), /"nobody" is not a released metric/],
  ['metrics/x.yaml', metric('epsilon: 0.01\ntables: [[]]'), /metrics\/x.yaml: "clamp" is missing/],
  ['metrics/x.yaml', 'kind: guess', /kind: must be one of released, ratio, cumulative/],
])('%s is refused with the reason and the way out', (file, text, reason) => {
  expect(() => loadCatalog(catalogWith(file, text))).toThrow(reason);
});

test('what sources say becomes a value of the domain, other or unknown', () => {
  const channel = ownCatalog().dimensions.get('channel');
  const country = ownCatalog().dimensions.get('country');
  if (channel === undefined || country === undefined) throw new Error('both are declared');
  expect(['Web', 'whatsapp', 'carrier pigeon', '', null].map((said) => valueOf(channel, said))).toEqual([
    'web',
    'messaging',
    'other',
    'unknown',
    'unknown',
  ]);
  expect(['es', 'ES', 'ZZ'].map((said) => valueOf(country, said))).toEqual(['ES', 'ES', 'other']);
});

test('ages fall into declared bands on the day of the birthday', () => {
  const ages = ownCatalog().dimensions.get('age-band');
  const today = new Date('2026-11-23T12:00:00Z');
  expect(
    ['2001-11-23', '2001-11-24', '1950-01-01', '2020-01-01', 'soon', null].map((date) => ageBand(date, today, ages)),
  ).toEqual(['25-34', '18-24', '65-plus', null, null, null]);
});
