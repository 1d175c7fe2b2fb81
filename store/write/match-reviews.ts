import { prepared, sql, type Tx } from '../database.ts';

/**
 * Brings the review queue up to date with the decisions among these records: one task for each two clients between which there is doubt,
 * however many pairs of records carry it; withdrawn when the doubt is gone. What a person decided between the two is asked no more.
 * Priority is value x doubt: what hangs from the two clients (records, sales), times how open the question is.
 * @param clientIds the clients that these records had: only about them something may have been asked
 * Indexes: match_decision_pkey, match_decision_b, review_task_one, review_task_other.
 */
export function setMatchReviews(tx: Tx, recordIds: readonly string[], clientIds: readonly string[]): void {
  const ids = [...recordIds];
  const touched = [...clientIds];
  tx.later(
    prepared(
      'match-reviews',
      sql`
    with decided as materialized (
      select * from match_decision where outcome = 'review' and record_a = any(${ids}::bigint[])
      union
      select * from match_decision where outcome = 'review' and record_b = any(${ids}::bigint[])),
    doubt as materialized (
      select least(a.client_id, b.client_id) as one, greatest(a.client_id, b.client_id) as other,
             min(d.rule) as rule, count(*) as pairs, min(d.record_a || ':' || d.record_b) as sample,
             max(coalesce(1 - abs(2 / (1 + power(2.0, -d.weight::float8)) - 1), 0.5)) as openness -- even odds are the most open
        from decided d
       cross join lateral (select client_id from source_record r where r.id = d.record_a limit 1) a
       cross join lateral (select client_id from source_record r where r.id = d.record_b limit 1) b
       where a.client_id <> b.client_id
       group by 1, 2),
    settled as (
      -- from the few constraints of these records: from the clients, the planner reads every record while it has no statistics
      select least(a.client_id, b.client_id) as one, greatest(a.client_id, b.client_id) as other
        from (select record_a, record_b from match_constraint
               where undone_at is null and kind = 'cannot-link' and record_a = any(${ids}::bigint[])
              union
              select record_a, record_b from match_constraint
               where undone_at is null and kind = 'cannot-link' and record_b = any(${ids}::bigint[])) c
       cross join lateral (select client_id from source_record r where r.id = c.record_a limit 1) a
       cross join lateral (select client_id from source_record r where r.id = c.record_b limit 1) b),
    asked as (select d.* from doubt d where (one, other) not in (select one, other from settled)),
    withdrawn as (
      update review_task t set state = 'withdrawn', settled_at = now()
       -- a look-up for each client: joined as a set, the planner reads every open task while it has no statistics
       where t.id in (
               select o.id from unnest(${touched}::uuid[]) c(id)
                cross join lateral (
                  select id from review_task
                   where (subject ->> 'one')::uuid = c.id and kind = 'match' and state = 'open' offset 0) o
               union
               select o.id from unnest(${touched}::uuid[]) c(id)
                cross join lateral (
                  select id from review_task
                   where (subject ->> 'other')::uuid = c.id and kind = 'match' and state = 'open' offset 0) o)
         and t.subject_key not in (select one || ':' || other from asked)
      returning 1),
    worth as (
      select a.*, (select count(*) from source_record r where r.client_id in (a.one, a.other) and r.kind in ('person', 'company')) as records,
             (select coalesce(sum(amount_cents), 0) from sale s where s.client_id in (a.one, a.other) and s.sale_kind = 'invoice') as cents
        from asked a)
    insert into review_task (kind, reason, subject, subject_key, priority)
    select 'match', rule, jsonb_build_object('one', one, 'other', other, 'pairs', pairs, 'records', records), one || ':' || other,
           (1 + ln(records::float8) + ln(1 + greatest(cents, 0) / 10000.0)) * (0.25 + openness)
      from worth
    on conflict (kind, subject_key) where state = 'open' do update
       set reason = excluded.reason, subject = excluded.subject, priority = excluded.priority`,
    ),
  );
}
