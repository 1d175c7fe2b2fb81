import { type Db, sql } from '../database.ts';
import { type PairLink, writeIdentityDecision } from './identity-decisions.ts';

/** Only one resolution at a time: two that touch one neighbourhood would undo each other. Held until the transaction ends. */
export async function holdResolution(tx: Db): Promise<void> {
  await tx.query(sql`select pg_advisory_xact_lock(hashtext('ficha-resolution'))`);
}

/** A row of the queue. */
export interface Queued {
  readonly queueId: string;
  readonly recordId: string;
}

/** Up to `limit` rows of the queue, oldest first; a record may be in more than one. */
export async function queuedRecords(tx: Db, limit: number): Promise<Queued[]> {
  const { rows } = await tx.query<Queued>(sql`
    select id as "queueId", source_record_id as "recordId" from resolution_queue order by id limit ${limit}`);
  return rows;
}

/** Takes exactly these rows off the queue: what was queued since stays. */
export async function unqueue(tx: Db, queueIds: readonly string[]): Promise<void> {
  await tx.query(sql`delete from resolution_queue where id = any(${[...queueIds]}::bigint[])`);
}

/** A key of a record, hashed. */
export interface StoredKey {
  readonly recordId: string;
  readonly kind: string;
  readonly hash: Buffer;
}

/**
 * Replaces the keys of these records. Records that share a key whose block grows over `largestBlock`, or falls back to it, are queued:
 * what the key says of them changed.
 */
export async function replaceKeys(
  tx: Db,
  recordIds: readonly string[],
  keys: readonly StoredKey[],
  largestBlock: number,
): Promise<void> {
  const lines = JSON.stringify(keys.map(({ recordId, kind, hash }) => ({ id: recordId, kind, hash: hash.toString('hex') })));
  await tx.query(sql`
    with fresh as (
      select x.id, x.kind, decode(x.hash, 'hex') as hash from jsonb_to_recordset(${lines}::jsonb) as x(id bigint, kind text, hash text)),
    old as (select source_record_id as id, kind, hash from match_key where source_record_id = any(${[...recordIds]}::bigint[])),
    turned as (
      select coalesce(f.kind, o.kind) as kind, coalesce(f.hash, o.hash) as hash, coalesce(f.n, 0) as added, coalesce(o.n, 0) as removed
        from (select kind, hash, count(*) as n from fresh group by kind, hash) f
        full join (select kind, hash, count(*) as n from old group by kind, hash) o on o.kind = f.kind and o.hash = f.hash
       where coalesce(f.n, 0) <> coalesce(o.n, 0)),
    sized as (
      select t.*, (select count(*) from match_key k where k.kind = t.kind and k.hash = t.hash) as before from turned t)
    insert into resolution_queue (source_record_id)
    select k.source_record_id from sized z join match_key k on k.kind = z.kind and k.hash = z.hash
     where (z.before <= ${largestBlock}) <> (z.before + z.added - z.removed <= ${largestBlock})
    on conflict do nothing`);
  await tx.query(sql`delete from match_key where source_record_id = any(${[...recordIds]}::bigint[])`);
  await tx.query(sql`
    insert into match_key (source_record_id, kind, hash)
    select x.id, x.kind, decode(x.hash, 'hex') from jsonb_to_recordset(${lines}::jsonb) as x(id bigint, kind text, hash text)`);
}

/** A compared pair, as it is kept. Ids of source records. */
export interface StoredDecision {
  readonly one: string;
  readonly other: string;
  readonly outcome: 'same' | 'review' | 'different';
  readonly rule: string;
  readonly weight: number | null;
  readonly evidence: unknown;
}

/** Makes the decisions among these records what they are now. */
export async function replaceDecisions(
  tx: Db,
  recordIds: readonly string[],
  decisions: readonly StoredDecision[],
): Promise<void> {
  const lines = JSON.stringify(
    decisions.map(({ one, other, outcome, rule, weight, evidence }) => {
      const [a, b] = BigInt(one) < BigInt(other) ? [one, other] : [other, one];
      return { a, b, outcome, rule, weight, evidence: evidence ?? {} };
    }),
  );
  await tx.query(sql`
    delete from match_decision d
     where d.record_a = any(${[...recordIds]}::bigint[]) and d.record_b = any(${[...recordIds]}::bigint[])
       and not exists (select from jsonb_to_recordset(${lines}::jsonb) as x(a bigint, b bigint) where x.a = d.record_a and x.b = d.record_b)`);
  await tx.query(sql`
    insert into match_decision (record_a, record_b, outcome, rule, weight, evidence)
    select x.a, x.b, x.outcome, x.rule, x.weight, x.evidence
      from jsonb_to_recordset(${lines}::jsonb) as x(a bigint, b bigint, outcome text, rule text, weight real, evidence jsonb)
    on conflict (record_a, record_b) do update
       set outcome = excluded.outcome, rule = excluded.rule, weight = excluded.weight, evidence = excluded.evidence, at = now()
     where (match_decision.outcome, match_decision.rule, match_decision.weight, match_decision.evidence)
           is distinct from (excluded.outcome, excluded.rule, excluded.weight, excluded.evidence)`);
}

/** A person's decision on two records. It survives every re-run until it is undone. */
export async function constrainPair(
  tx: Db,
  {
    one,
    other,
    kind,
    by,
  }: { readonly one: string; readonly other: string; readonly kind: PairLink['kind']; readonly by: string },
): Promise<string> {
  const answer = kind === 'must-link' ? 'same' : 'different';
  return await writeIdentityDecision(tx, {
    kind: 'link',
    answer,
    by,
    at: new Date(),
    clientIds: [],
    pairs: [{ one, other, kind }],
  });
}
