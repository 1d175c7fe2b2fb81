import { loadavg } from 'node:os';
import { contactDecision } from '../domain/consent/contact-decision.ts';
import { consentPolicy } from '../domain/consent/consent-policy.ts';
import { type Database, sql } from '../store/database.ts';
import { recipientsOf } from '../store/read/contactable.ts';
import { saveConsentPolicy } from '../store/write/consent-policy.ts';
import { testKeyRing } from '../test/support/keys.ts';
import type { Figure } from './figure.ts';
import { Random } from './random.ts';
import { percentile, startReadDatabase } from './read-database.ts';

type Say = (line: string) => void;

const asks = 1_000;
const recipientsAnAsk = 100;
const wanted = { purpose: 'marketing', channel: 'email', consent: 'needed' } as const;
const caps = [{ channel: 'email', most: 5, days: 7 }];
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
        select 'person', 'p' || n, 'p' || n, jsonb_build_object('birthDate', (date '1950-01-01' + n % 20000)::text), 'ES'
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

/** The gate before a send: 100 recipients a question, over FICHA_BENCH_CLIENTS people, a million when not set. */
export async function benchContactable(say: Say): Promise<readonly Figure[]> {
  const count = Number(process.env['FICHA_BENCH_CLIENTS'] ?? 1_000_000);
  const database = await startReadDatabase();
  try {
    await load(database.owner, count, say);
    const random = new Random(5);
    const ms: number[] = [];
    let allowed = 0;
    for (let ask = -50; ask < asks; ask += 1) {
      const addresses = Array.from({ length: recipientsAnAsk }, () => addressOf(random.below(count)));
      const start = performance.now();
      const recipients = await recipientsOf(database.owner, testKeyRing(), addresses, caps);
      const answers = recipients.map((recipient) => contactDecision(recipient, wanted));
      if (ask < 0) continue; // the first fifty warm the caches
      ms.push(performance.now() - start);
      allowed += answers.filter((answer) => answer.allowed).length;
    }
    say(`contactable: ${Math.round((100 * allowed) / (asks * recipientsAnAsk))} % allowed; load ${loadavg()[0]?.toFixed(1)}`);
    const figure = (name: string, value: number): Figure => ({
      name: `contactable, ${recipientsAnAsk} of ${count}: ${name}`,
      value: Number(value.toFixed(1)),
      unit: 'ms',
      peer: null,
      ratio: null,
    });
    return [figure('median', percentile(ms, 0.5)), figure('p99', percentile(ms, 0.99))];
  } finally {
    await database.stop();
  }
}
