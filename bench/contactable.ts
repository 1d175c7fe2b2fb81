import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { createCommandApi } from '../api/server.ts';
import { consentPolicy } from '../domain/consent/consent-policy.ts';
import { createLog } from '../platform/log.ts';
import { type Database, sql } from '../store/database.ts';
import { saveConsentPolicy } from '../store/write/consent-policy.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { unlinked } from '../test/support/unlinked.ts';
import type { Figure } from './figure.ts';
import { Random } from './random.ts';
import { percentile, startReadDatabase } from './read-database.ts';

type Say = (line: string) => void;

const asks = 1_000;
const recipientsAnAsk = 100;
const largeAsks = 10;
/** The most that one call may ask about. */
const recipientsAtMost = 10_000;
const addressOf = (number: number) => ({ kind: 'email' as const, value: `p${number}@example.org` });

/** People with one address, two of three with a word in the ledger; one of fifty listed, one of ten written to today. */
async function load(owner: Database, count: number, say: Say): Promise<void> {
  await owner.transaction((tx) => saveConsentPolicy(tx, consentPolicy));
  await owner.query(sql`insert into linked_system (id, connector, title) values ('bench', 'bench', 'Bench')`);
  // what the triggers queue is not looked at here, and takes most of the time
  await owner.query(sql`
    do $$ declare one text; begin
      foreach one in array array['client', 'source_record', 'client_identifier', 'consent_subject', 'consent_event'] loop
        execute format('alter table %I disable trigger user', one);
      end loop; end $$`);
  const page = 100_000;
  for (let start = 0; start < count; start += page) {
    const end = Math.min(count, start + page) - 1;
    await owner.query(sql`
      with made as (
        insert into client (kind, display_name, search_name, golden, country)
        select 'person', 'p' || n, 'p' || n, jsonb_build_object(
                 'birthDate', (date '1950-01-01' + n % 20000)::text, 'givenName', 'P' || n, 'familyName', 'Ruiz ' || n,
                 'emails', jsonb_build_array('p' || n || '@example.org'), 'phones', jsonb_build_array('+34600' || lpad(n::text, 6, '0')),
                 'addresses', jsonb_build_array(jsonb_build_object('street', 'Calle Mayor ' || n, 'city', 'Vigo', 'postcode', '36201', 'country', 'ES'))), 'ES'
          from generate_series(${start}::int, ${end}::int) n returning id, display_name),
      records as (
        insert into source_record (linked_system_id, kind, external_id, raw, canonical, content_hash, stream, seen_run_id, client_id)
        select 'bench', 'person', display_name, '{}', '{}', '\\x00', 'all', '00000000-0000-0000-0000-000000000000', id from made
        returning id, client_id, external_id),
      identified as (
        insert into client_identifier (kind, value, client_id, source_record_id)
        select 'email', external_id || '@example.org', client_id, id from records),
      subjects as (
        insert into consent_subject (source_record_id) select id from records where id % 3 < 2 returning id, source_record_id)
      insert into consent_event (subject_id, purpose, channel, answer, at, dedupe_key)
      select s.id, 'marketing', 'email', case when (s.source_record_id + k) % 4 = 0 then 'denied' else 'granted' end,
             timestamptz '2025-01-01' + make_interval(days => k), sha256(convert_to(s.id || '|' || k, 'UTF8'))
        from subjects s cross join generate_series(1, 2) k`);
    if ((end + 1) % 200_000 === 0) say(`contactable: ${end + 1} people written`);
  }
  const keys = testKeyRing();
  const hashed = (every: number) =>
    Array.from({ length: Math.floor(count / every) }, (_, place) =>
      keys.mac('suppression', `email:${addressOf(place * every).value}`).toString('hex'),
    );
  await owner.query(sql`
    insert into suppression_list (hash, identifier_kind, purpose, channel, reason, since)
    select decode(h, 'hex'), 'email', '*', 'any', 'complaint', now() from unnest(${hashed(50)}::text[]) h`);
  await owner.query(sql`
    insert into contact_made (hash, channel, day, times)
    select decode(h, 'hex'), 'email', current_date, 1 from unnest(${hashed(10)}::text[]) h`);
  await owner.query(sql`vacuum analyze`);
}

/** The command API on this database, on a port of its own. */
async function served(db: Database) {
  const api = createCommandApi({
    ...unlinked,
    db,
    temporal: undefined as never, // the gate starts nothing
    keys: testKeyRing(),
    log: createLog({ level: 'silent' }),
    now: () => new Date(),
    consentPolicy: { ...consentPolicy, caps: [{ channel: 'email', most: 5, days: 7 }] },
    ordererOf: () => Promise.resolve({ subject: 'bench', roles: ['front-office'] }),
  });
  const server = serve({ fetch: api.fetch, port: 0, hostname: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/v1/contactable`, stop: () => server.close() };
}

/** What one ask came to. */
interface Asked {
  readonly ms: number;
  readonly allowed: number;
}

/** Asks about so many people of the database, from the request to the answer that was read. */
async function ask(url: string, addresses: readonly string[]): Promise<Asked> {
  const body = JSON.stringify({ purpose: 'marketing', channel: 'email', recipients: addresses.map((address) => ({ address })) });
  const start = performance.now();
  const response = await fetch(url, { method: 'POST', body });
  const answer = (await response.json()) as { readonly allowed: number; readonly answers: readonly unknown[] };
  const ms = performance.now() - start;
  if (answer.answers.length !== addresses.length) throw new Error(`the gate answered ${response.status}`);
  return { ms, allowed: answer.allowed };
}

/**
 * The gate before a send, over HTTP: 100 recipients a call, then 10,000, over so many people, a million when left out.
 * @param data a folder that keeps the people for the next run
 */
export async function benchContactable(say: Say, count = 1_000_000, data?: string): Promise<readonly Figure[]> {
  const isLoaded = data !== undefined && existsSync(join(data, 'data'));
  const database = await startReadDatabase(data);
  const { url, stop } = await served(database.worker);
  try {
    if (!isLoaded) await load(database.owner, count, say);
    const random = new Random(5);
    const someone = (): string => addressOf(random.below(count)).value;
    const asking = async (asks: number, recipients: number): Promise<readonly Asked[]> => {
      const asked: Asked[] = [];
      for (let one = 0; one < asks; one += 1) asked.push(await ask(url, Array.from({ length: recipients }, someone)));
      return asked;
    };
    await asking(50, recipientsAnAsk); // the first fifty warm the caches
    const small = await asking(asks, recipientsAnAsk);
    const large = await asking(largeAsks, recipientsAtMost);
    const allowed = small.reduce((sum, one) => sum + one.allowed, 0);
    say(`contactable: ${Math.round((100 * allowed) / (asks * recipientsAnAsk))} % allowed; load ${loadavg()[0]?.toFixed(1)}`);
    const figure = (recipients: number, name: string, value: number): Figure => ({
      name: `contactable, ${recipients} of ${count}: ${name}`,
      value: Number(value.toFixed(1)),
      unit: 'ms',
      peer: null,
      ratio: null,
    });
    const took = (asked: readonly Asked[], share: number): number =>
      percentile(
        asked.map(({ ms }) => ms),
        share,
      );
    return [
      figure(recipientsAnAsk, 'median', took(small, 0.5)),
      figure(recipientsAnAsk, 'p99', took(small, 0.99)),
      figure(recipientsAtMost, 'median', took(large, 0.5)),
    ];
  } finally {
    stop();
    await database.stop();
  }
}
