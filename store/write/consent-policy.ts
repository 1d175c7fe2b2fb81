import type { ConsentPolicy } from '../../schemas/types.ts';
import { type Db, sql } from '../database.ts';

/**
 * Makes the database's purposes and ages those of the policy. Clients whose answers are worth something else from now on are compared with
 * the ledger again. Safe to repeat, and in several processes at once.
 */
export async function saveConsentPolicy(tx: Db, { purposes, ageOfConsent }: ConsentPolicy): Promise<void> {
  const lines = JSON.stringify(
    Object.entries(purposes).map(([name, purpose]) => ({
      name,
      optional: purpose.optional,
      basis: purpose.legalBasis,
      months: purpose.expiresAfterMonths ?? null,
      special: purpose.specialCategories ?? [],
    })),
  );
  const ages = JSON.stringify(
    Object.entries(ageOfConsent).map(([country, years]) => ({ country: country === 'default' ? '*' : country, years })),
  );
  await tx.query(sql`select pg_advisory_xact_lock(hashtext('ficha-consent-policy'))`);
  await tx.query(sql`
    with wanted as (
      select * from jsonb_to_recordset(${lines}::jsonb) as x(name text, optional boolean, basis text, months int, special text[])),
    changed as (
      select coalesce(w.name, p.name) as name from wanted w full join consent_purpose p using (name)
       where w.months is distinct from p.expires_after_months)
    insert into consent_queue (client_id)
    select distinct r.client_id
      from consent_event e join consent_subject s on s.id = e.subject_id join source_record r on r.id = s.source_record_id
     where e.purpose in (select name from changed) and r.client_id is not null
    on conflict do nothing`);
  await tx.query(
    sql`delete from consent_purpose where not name in (select x.name from jsonb_to_recordset(${lines}::jsonb) as x(name text))`,
  );
  await tx.query(sql`
    insert into consent_purpose as known (name, optional, legal_basis, expires_after_months, special_categories)
    select x.name, x.optional, x.basis, x.months, x.special
      from jsonb_to_recordset(${lines}::jsonb) as x(name text, optional boolean, basis text, months int, special text[])
    on conflict (name) do update
       set optional = excluded.optional, legal_basis = excluded.legal_basis, expires_after_months = excluded.expires_after_months,
           special_categories = excluded.special_categories`);
  await tx.query(
    sql`delete from consent_age where not country in (select x.country from jsonb_to_recordset(${ages}::jsonb) as x(country text))`,
  );
  await tx.query(sql`
    insert into consent_age (country, years)
    select x.country, x.years from jsonb_to_recordset(${ages}::jsonb) as x(country text, years int)
    on conflict (country) do update set years = excluded.years`);
}

/** A client whose yes ended on a birthday: they are to be asked themselves. */
export interface CameOfAge {
  readonly clientId: string;
}

/**
 * Queues the clients whose yes ended by time since `since`, so that the systems hear of it.
 * @returns those for whom the holder of parental responsibility had said yes and who decide themselves now (GDPR art. 8)
 */
export async function queueEndedConsents(tx: Db, since: Date): Promise<readonly CameOfAge[]> {
  await tx.query(sql`
    insert into consent_queue (client_id)
    select distinct r.client_id
      from consent_purpose p
      join consent_event e on e.purpose = p.name and e.answer = 'granted'
       and e.at > ${since}::timestamptz - make_interval(months => p.expires_after_months)
       and e.at <= now() - make_interval(months => p.expires_after_months)
      join consent_subject s on s.id = e.subject_id join source_record r on r.id = s.source_record_id
     where p.expires_after_months is not null and r.client_id is not null
    on conflict do nothing`);
  const { rows } = await tx.query<CameOfAge>(sql`
    with aged as (
      select distinct c.id
        from consent_event e
        join consent_subject s on s.id = e.subject_id join source_record r on r.id = s.source_record_id
        join client c on c.id = r.client_id and c.state = 'active'
        join consent_age a on a.country = case when exists (select from consent_age k where k.country = c.country) then c.country else '*' end
       where e.given_by = 'holder-of-parental-responsibility' and e.answer = 'granted'
         and birth_of(c.golden) + make_interval(years => a.years) between ${since}::timestamptz and now()),
    queued as (insert into consent_queue (client_id) select id from aged on conflict do nothing)
    select id as "clientId" from aged order by id`);
  return rows;
}
