import { type Db, sql } from '../database.ts';

/** What an operator watches: counts and ages, nothing of anybody. */
export interface Gauges {
  readonly requestsOpen: number;
  /** Open and due within five days, or late. */
  readonly requestsAtRisk: number;
  readonly requestsWaitingForPerson: number;
  readonly suppressionsUnconfirmed: number;
  readonly reviewsOpen: number;
  readonly rejectsOpen: number;
  readonly resolutionQueue: number;
  /** Pairs that share a key which too many have, as last counted. */
  readonly comparisonsSkipped: number;
  readonly systems: readonly {
    readonly id: string;
    readonly secondsSinceSync: number | null;
    readonly syncEverySeconds: number;
    readonly failed: boolean;
    /** Answers that the system allowed and the ledger denied, found within a day. */
    readonly drift: number;
  }[];
}

/** One statement for the counts, one for the systems; each over an index or a short table. */
export async function readGauges(db: Db, now: Date): Promise<Gauges> {
  const { rows } = await db.query<Omit<Gauges, 'systems'>>(sql`
    select (select count(*)::int from privacy_request where closed_at is null) as "requestsOpen",
           (select count(*)::int from privacy_request where closed_at is null and due_at < ${now}::timestamptz + interval '5 days')
             as "requestsAtRisk",
           (select count(distinct subject ->> 'requestId')::int from review_task where kind = 'privacy' and state = 'open')
             as "requestsWaitingForPerson",
           (select count(*)::int from suppression where lifted_at is null and state not in ('applied', 'absent', 'unsupported'))
             as "suppressionsUnconfirmed",
           (select count(*)::int from review_task where kind <> 'privacy' and state = 'open') as "reviewsOpen",
           (select count(*)::int from rejected_record where replayed_at is null) as "rejectsOpen",
           (select count(*)::int from resolution_queue) as "resolutionQueue",
           coalesce((select comparisons::float from skipped_comparisons order by day desc limit 1), 0) as "comparisonsSkipped"`);
  const { rows: systems } = await db.query<Gauges['systems'][number]>(sql`
    select s.id, s.sync_every_minutes * 60 as "syncEverySeconds",
           (select count(*)::int from consent_drift d
             where d.linked_system_id = s.id and d.found_at > ${now}::timestamptz - interval '1 day') as drift,
           (select extract(epoch from ${now}::timestamptz - max(r.ended_at))::int from sync_run r
             where r.linked_system_id = s.id and r.state = 'done' and r.mode not in ('consent', 'replay')) as "secondsSinceSync",
           coalesce((select r.state = 'failed' from sync_run r
                        where r.linked_system_id = s.id and r.mode not in ('consent', 'replay') order by r.started_at desc limit 1), false) as failed
      from linked_system s where s.state = 'active' order by s.id limit 500`);
  const [counts] = rows;
  if (counts === undefined) throw new Error('a select of scalars gives one row');
  return { ...counts, systems };
}
