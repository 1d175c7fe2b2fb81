import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { writePeople } from '../../bench/people-generator.ts';
import type { Evaluation } from './evaluate.ts';
import { resolveFiles } from './job.ts';

const folder = mkdtempSync(join(tmpdir(), 'ficha-measured-'));
afterAll(() => rmSync(folder, { recursive: true }));
const shared = (name: string): string => fileURLToPath(new URL(`../../../shared/data/${name}`, import.meta.url));

async function judged(inputs: readonly string[], key: string, map?: string): Promise<Evaluation> {
  const nothing = { output: undefined, reviews: undefined, explain: undefined };
  const { evaluation } = await resolveFiles({ inputs, map, ...nothing, mode: 'batch', evaluate: key });
  if (evaluation === undefined) throw new Error('no evaluation');
  return evaluation;
}

describe('made-up people of other seeds: households, parents and children of one name, shared mailboxes', () => {
  test.each([11, 12])('seed %i', async (seed) => {
    const path = join(folder, `people-${seed}.csv`);
    await writePeople(path, 10_000, seed);
    const { all, afterReview, reviewsPer100Records } = await judged([path], path);
    expect(all.pairwise.precision).toBeGreaterThanOrEqual(0.995);
    expect(all.pairwise.recall).toBeGreaterThanOrEqual(0.7);
    expect(afterReview.pairwise.recall).toBeGreaterThanOrEqual(0.84);
    expect(reviewsPer100Records).toBeLessThanOrEqual(8);
  });
});

/** The key of a FEBRL file: the number inside its record ids. */
function febrlKey(name: string, files: readonly string[]): string {
  const ids = files.flatMap((file) => readFileSync(file, 'utf8').split('\n').slice(1));
  const rows = ids.flatMap((line) => {
    const id = line.split(',')[0]?.trim() ?? '';
    return id === '' ? [] : `${id},${/rec-(\d+)/.exec(id)?.[1] ?? ''}`;
  });
  const key = join(folder, `${name}.key.csv`);
  writeFileSync(key, `record_id,cluster\n${rows.join('\n')}\n`);
  return key;
}

const mapOf = (name: string, columns: string, more = ''): string => {
  const path = join(folder, `${name}.yaml`);
  writeFileSync(path, `columns: { ${columns} }\n${more}`);
  return path;
};

describe('sets with known answers, beside the project', () => {
  test.runIf(existsSync(shared('febrl/febrl3.csv'))).each([
    ['febrl3', ['febrl3'], 0.9985],
    ['febrl4', ['febrl4a', 'febrl4b'], 0.9992],
  ] as const)('%s: nobody is mixed, nearly all are found', async (name, files, f1) => {
    const columns =
      'record_id: rec_id, family_name: surname, street: [street_number, address_1], city: suburb, tax_id: soc_sec_id, birth_date: date_of_birth';
    const inputs = files.map((file) => shared(`febrl/${file}.csv`));
    const { all } = await judged(inputs, febrlKey(name, inputs), mapOf(name, columns, 'constants: { country: AU }\n'));
    expect(all.pairwise.precision).toBe(1);
    expect(all.pairwise.f1).toBeGreaterThanOrEqual(f1);
  });
  const historical = shared('historical50k/historical50k.csv');
  test.runIf(existsSync(historical))('historical50k: no identifiers, ten records a person', { timeout: 300_000 }, async () => {
    const columns =
      'record_id: unique_id, given_name: first_name, family_name: surname, birth_date: dob, city: birth_place, postcode: postcode_fake';
    const { all } = await judged([historical], historical, mapOf('historical', columns));
    expect(all.pairwise.precision).toBeGreaterThanOrEqual(0.98);
    expect(all.pairwise.recall).toBeGreaterThanOrEqual(0.72);
    expect(all.pairwise.f1).toBeGreaterThanOrEqual(0.86);
  });
});
