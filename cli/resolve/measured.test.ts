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

describe('sets with known answers, beside the project', () => {
  const hasFebrl = existsSync(shared('febrl/febrl3.csv'));
  test.runIf(hasFebrl)('febrl3: nobody is mixed, nearly all are found', async () => {
    const map = join(folder, 'febrl.yaml');
    const columns =
      'record_id: rec_id, family_name: surname, street: [street_number, address_1], city: suburb, tax_id: soc_sec_id, birth_date: date_of_birth';
    writeFileSync(map, `columns: { ${columns} }\nconstants: { country: AU }\n`);
    const key = join(folder, 'febrl3.key.csv');
    const ids = readFileSync(shared('febrl/febrl3.csv'), 'utf8').split('\n').slice(1);
    const rows = ids.flatMap((line) => {
      const id = line.split(',')[0]?.trim() ?? '';
      return id === '' ? [] : `${id},${/rec-(\d+)/.exec(id)?.[1] ?? ''}`;
    });
    writeFileSync(key, `record_id,cluster\n${rows.join('\n')}\n`);
    const { all } = await judged([shared('febrl/febrl3.csv')], key, map);
    expect(all.pairwise.precision).toBe(1);
    expect(all.pairwise.f1).toBeGreaterThanOrEqual(0.997);
  });
});
