import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { type Matchable, type MatchRecord, matchRecord } from '../domain/identity/match-record.ts';
import { resolve } from '../domain/identity/resolve.ts';
import { sampleSeeds } from '../test/twins/sample-seeds.ts';
import { sampleWorld } from '../test/twins/sample-world.ts';
import type { Figure } from './figure.ts';

interface Labelled {
  readonly name: string;
  readonly records: readonly MatchRecord[];
  /** Record key to the person it is about. */
  readonly truth: ReadonlyMap<string, string>;
}

const synthetic = fileURLToPath(new URL('../../shared/data/synthetic100k/people.csv', import.meta.url));

/** Invented people of five systems with households and namesakes; read where the data lies beside the project. */
function synthetic100k(): Labelled {
  const rows = parse(readFileSync(synthetic, 'utf8'), { columns: true }) as Readonly<Record<string, string>>[];
  const records = rows.map((row) => {
    const fields: Record<string, unknown> = { country: row['phone']?.startsWith('+39') ? 'IT' : 'ES' };
    const set = (name: string, value: unknown, text: string | undefined) => {
      if (text) fields[name] = value;
    };
    set('givenName', row['given_name'], row['given_name']);
    set('familyName', row['surname'], row['surname']);
    set('birthDate', row['birth_date'], row['birth_date']);
    set('emails', [row['email']], row['email']);
    set('phones', [row['phone']], row['phone']);
    set('taxId', row['tax_id'], row['tax_id']);
    set('addresses', [{ postcode: row['postcode'] ?? '', city: row['city'] ?? '' }], row['postcode']);
    return matchRecord(row['unique_id'] ?? '', 'person', fields as Matchable);
  });
  return { name: 'synthetic100k', records, truth: new Map(rows.map((row) => [row['unique_id'] ?? '', row['cluster'] ?? ''])) };
}

/** The sample world of the project: always there. */
function sample(): Labelled {
  const { erp, sheet } = sampleSeeds(sampleWorld(5_000));
  const truth = new Map<string, string>();
  const records = [
    ...erp.map(({ truth: person, kind, name, emails, phones, taxId, country, city, postcode }, place) => {
      truth.set(`erp:${place}`, person);
      const named = kind === 'company' ? { companyName: name } : { fullName: name };
      return matchRecord(`erp:${place}`, kind, {
        ...named,
        emails,
        phones,
        country,
        addresses: [{ city, postcode }],
        ...(taxId ? { taxId } : {}),
      });
    }),
    ...sheet.map((row) => {
      truth.set(`sheet:${row.id}`, row.truth);
      return matchRecord(`sheet:${row.id}`, 'person', {
        givenName: row.givenName,
        familyName: row.familyName,
        country: row.country,
        ...(row.email ? { emails: [row.email] } : {}),
        ...(row.phone ? { phones: [row.phone] } : {}),
        ...(row.birthDate ? { birthDate: row.birthDate } : {}),
      });
    }),
  ];
  return { name: 'sample', records, truth };
}

const pairs = (count: number): number => (count * (count - 1)) / 2;
const tally = (values: readonly (string | undefined)[]): number => {
  const counts = new Map<string | undefined, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum + pairs(count), 0);
};

function measured({ name, records, truth }: Labelled): Figure[] {
  const start = performance.now();
  const { clusters, decisions } = resolve(records);
  const seconds = (performance.now() - start) / 1000;
  const found = clusters.reduce((sum, members) => sum + pairs(members.length), 0);
  const right = clusters.reduce((sum, members) => sum + tally(members.map((key) => truth.get(key))), 0);
  const reviews = [...decisions].filter(({ outcome }) => outcome === 'review').length;
  const figure = (what: string, value: number, unit: string): Figure => ({
    name: `${name}: ${what}`,
    value,
    unit,
    peer: null,
    ratio: null,
  });
  return [
    figure('records', records.length, 'records'),
    figure('resolved', Math.round(records.length / seconds), 'records/s'),
    figure('pair precision', Number((right / found).toFixed(4)), 'share'),
    figure('pair recall', Number((right / tally([...truth.values()])).toFixed(4)), 'share'),
    figure('reviews', Number(((100 * reviews) / records.length).toFixed(2)), 'per 100 records'),
  ];
}

/** How fast and how right the deterministic rules are, offline, on one core. */
export async function benchIdentity(say: (line: string) => void): Promise<readonly Figure[]> {
  const sets = [sample()];
  if (existsSync(synthetic)) sets.push(synthetic100k());
  else say('synthetic100k is left out: it is not beside the project');
  return sets.flatMap((set) => {
    say(`${set.name}: ${set.records.length} records`);
    return measured(set);
  });
}
