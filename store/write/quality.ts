import { type Db, sql } from '../database.ts';

const maxAgeMinutes = 60;

/**
 * Measures the data of every linked system and keeps it as the figures of the day; does nothing while those are less than an hour old.
 * Reads every person and company record once. @returns how many systems were measured
 */
export async function measureQuality(tx: Db, at: Date): Promise<number> {
  const { rowCount: recent } = await tx.query(sql`
    select from quality_snapshot
     where day = (${at}::timestamptz at time zone 'UTC')::date and at > ${at}::timestamptz - make_interval(mins => ${maxAgeMinutes}) limit 1`);
  if (recent > 0) return 0;
  await tx.query(sql`set local statement_timeout = '15min'`);
  const { rowCount } = await tx.query(sql`
    with held as materialized (
      select r.id, r.linked_system_id as system, r.client_id, r.canonical as c, coalesce(r.changed_at, r.seen_at) as said,
             case when jsonb_typeof(r.canonical -> 'emails') = 'array' then jsonb_array_length(r.canonical -> 'emails') else 0 end
               + case when jsonb_typeof(r.canonical -> 'phones') = 'array' then jsonb_array_length(r.canonical -> 'phones') else 0 end
               + (r.canonical ? 'taxId')::int as written
        from source_record r where r.kind in ('person', 'company') and r.deleted_at is null),
    read as (
      select source_record_id as id, count(*) as n from client_identifier where kind in ('email', 'phone', 'tax-id') group by 1),
    totals as (
      select h.system, count(*) as records,
             count(*) - count(distinct h.client_id) filter (where h.client_id is not null) - count(*) filter (where h.client_id is null) as duplicates,
             sum(h.written) as identifiers, sum(greatest(0, h.written - coalesce(read.n, 0))) as invalid,
             sum((h.c ?| array['fullName', 'familyName', 'companyName'])::int + (h.c ? 'emails')::int + (h.c ? 'phones')::int
                 + (h.c ? 'addresses')::int + (h.c ?| array['birthDate', 'taxId'])::int) as filled,
             count(*) filter (where h.said > ${at}::timestamptz - interval '365 days') as fresh
        from held h left join read on read.id = h.id
       group by h.system),
    conflicts as (
      select lost.value ->> 'linkedSystemId' as system, count(distinct (g.client_id, g.field)) as n
        from golden_field g cross join jsonb_array_elements(g.losing) as lost group by 1),
    aside as (select linked_system_id as system, count(*) as n from rejected_record where replayed_at is null group by 1)
    insert into quality_snapshot (day, linked_system_id, records, duplicates, conflicts, invalid_identifiers, identifiers,
                                  complete_fields, asked_fields, fresh, rejected, at)
    select (${at}::timestamptz at time zone 'UTC')::date, t.system, t.records, t.duplicates, coalesce(c.n, 0), t.invalid, t.identifiers,
           t.filled, t.records * 5, t.fresh, coalesce(a.n, 0), ${at}
      from totals t left join conflicts c on c.system = t.system left join aside a on a.system = t.system
    on conflict (day, linked_system_id) do update
       set records = excluded.records, duplicates = excluded.duplicates, conflicts = excluded.conflicts,
           invalid_identifiers = excluded.invalid_identifiers, identifiers = excluded.identifiers, complete_fields = excluded.complete_fields,
           asked_fields = excluded.asked_fields, fresh = excluded.fresh, rejected = excluded.rejected, at = excluded.at`);
  return rowCount;
}
