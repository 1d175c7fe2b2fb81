import { type Db, join, sql } from '../database.ts';

/** Two clients that may be one, waiting for a person. */
export interface ReviewRow {
  readonly id: string;
  readonly state: string;
  readonly answer: string | null;
  /** Code of the rule that doubts. */
  readonly reason: string;
  readonly one: string;
  readonly other: string;
  /** Pairs of records that carry the doubt: one answer settles all. */
  readonly pairs: number;
  readonly records: number;
  readonly priority: number;
  readonly openedAt: string;
  readonly laterUntil: string | null;
}

const columns = sql`
  id, state, answer, reason, subject ->> 'one' as one, subject ->> 'other' as other, (subject ->> 'pairs')::int as pairs,
  (subject ->> 'records')::int as records, priority, opened_at as "openedAt", later_until as "laterUntil"`;

const shown = sql`
  state = 'open' and kind = 'match' and (later_until is null or later_until <= now())
  and (select count(*) from client c
        where c.id in ((subject ->> 'one')::uuid, (subject ->> 'other')::uuid) and c.state = 'active') = 2`;

/**
 * Open reviews, the most valuable doubt first, without those put off until later and those of clients that are blocked or restricted;
 * 1 <= limit. Index: review_task_by_priority.
 */
export async function openReviews(
  db: Db,
  after: { readonly priority: number; readonly id: string } | undefined,
  limit: number,
): Promise<ReviewRow[]> {
  const { rows } = await db.query<ReviewRow>(sql`
    select ${columns} from review_task
     where ${shown}
       and (${after?.id ?? null}::uuid is null or priority < ${after?.priority ?? 0}
            or (priority = ${after?.priority ?? 0} and id > ${after?.id ?? null}::uuid))
     order by priority desc, id
     limit ${limit}`);
  return rows;
}

/** How many reviews wait now. Index: review_task_by_priority. */
export async function openReviewCount(db: Db): Promise<number> {
  const { rows } = await db.query<{ readonly count: number }>(sql`
    select count(*)::int as count from review_task where ${shown}`);
  return rows[0]?.count ?? 0;
}

/** One review, open or over. */
export async function reviewById(db: Db, id: string): Promise<ReviewRow | undefined> {
  const { rows } = await db.query<ReviewRow>(sql`select ${columns} from review_task where id = ${id} and kind = 'match'`);
  return rows[0];
}

/** A record as a reviewer compares it. */
export interface ComparedRecord {
  readonly id: string;
  readonly clientId: string;
  readonly kind: string;
  readonly systemId: string;
  readonly externalId: string;
  readonly canonical: Readonly<Record<string, unknown>>;
  readonly changedAt: string | null;
}

/** The records of these clients, at most 20 of each; none of a client that is blocked or restricted. Index: source_record_client. */
export async function comparedRecords(db: Db, clientIds: readonly string[]): Promise<ComparedRecord[]> {
  const { rows } = await db.query<ComparedRecord>(sql`
    select r.id, r.client_id as "clientId", r.kind, r.linked_system_id as "systemId", r.external_id as "externalId", r.canonical,
           r.changed_at as "changedAt"
      from unnest(${[...clientIds]}::uuid[]) as x(client_id)
      join client c on c.id = x.client_id and c.state = 'active'
     cross join lateral (
       select * from source_record where client_id = x.client_id and kind in ('person', 'company') and deleted_at is null
        order by id limit 20) r
     order by r.id`);
  return rows;
}

/** A compared pair as it was last decided. */
export interface PairRow {
  readonly one: string;
  readonly other: string;
  readonly outcome: 'same' | 'review' | 'different';
  readonly rule: string;
  readonly evidence: unknown;
  readonly at: string;
}

const pair = sql`d.record_a as one, d.record_b as other, d.outcome, d.rule, d.evidence, d.at`;

/** The pairs between two clients, those in doubt first, at most 20. Indexes: source_record_client, match_decision_pkey, match_decision_b. */
export async function pairsBetween(db: Db, clientA: string, clientB: string): Promise<PairRow[]> {
  const { rows } = await db.query<PairRow>(sql`
    select ${pair} from match_decision d
      join source_record a on a.id = d.record_a
      join source_record b on b.id = d.record_b
     where (d.record_a in (select id from source_record where client_id = ${clientA})
            and d.record_b in (select id from source_record where client_id = ${clientB}))
        or (d.record_a in (select id from source_record where client_id = ${clientB})
            and d.record_b in (select id from source_record where client_id = ${clientA}))
     order by d.outcome <> 'review', d.record_a, d.record_b
     limit 20`);
  return rows;
}

/** The pairs inside one client, at most 5,000. Index: source_record_client, match_decision_pkey. */
export async function pairsInside(db: Db, clientId: string): Promise<PairRow[]> {
  const { rows } = await db.query<PairRow>(sql`
    select ${pair} from match_decision d
     where d.record_a in (select id from source_record where client_id = ${clientId})
       and d.record_b in (select id from source_record where client_id = ${clientId})
     order by d.record_a, d.record_b
     limit 5000`);
  return rows;
}

/** One pair as last decided; undefined when the two share nothing by which they would be compared. Index: match_decision_pkey. */
export async function pairOf(db: Db, one: string, other: string): Promise<PairRow | undefined> {
  const { rows } = await db.query<PairRow>(sql`
    select ${pair} from match_decision d
     where d.record_a = least(${one}::bigint, ${other}::bigint) and d.record_b = greatest(${one}::bigint, ${other}::bigint)`);
  return rows[0];
}

/** Numbers for the words of a pair. */
export interface PairFactsRow {
  readonly one: string;
  readonly other: string;
  readonly emailSharedBy: number | null;
  readonly phoneSharedBy: number | null;
  readonly birthDaysApart: number | null;
}

/** How widely shared is what each pair has in common, and how far apart the birth dates are. 1 <= n <= 100. Index: client_identifier_record. */
export async function factsOfPairs(
  db: Db,
  pairs: readonly { readonly one: string; readonly other: string }[],
): Promise<PairFactsRow[]> {
  if (pairs.length === 0) return [];
  const listed = join(pairs.map(({ one, other }) => sql`(${one}::bigint, ${other}::bigint)`));
  const shared = (kind: string) => sql`(
    select max(u.n)::int from client_identifier a
      join client_identifier b on b.source_record_id = p.other and b.kind = a.kind and b.value = a.value
     cross join lateral (
       select count(distinct i.client_id) as n from client_identifier i where i.kind = a.kind and i.value = a.value) u
     where a.source_record_id = p.one and a.kind = ${kind})`;
  const birth = (id: ReturnType<typeof sql>) => sql`(
    select case when canonical ->> 'birthDate' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' then (canonical ->> 'birthDate')::date end from source_record where id = ${id})`;
  const { rows } = await db.query<PairFactsRow>(sql`
    select p.one, p.other, ${shared('email')} as "emailSharedBy", ${shared('phone')} as "phoneSharedBy",
           abs(${birth(sql`p.one`)} - ${birth(sql`p.other`)})::int as "birthDaysApart"
      from (values ${listed}) as p(one, other)`);
  return rows;
}
