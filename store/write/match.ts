import type { MatchRecord } from '../../domain/identity/match-record.ts';
import { bigints, jsons, reals, texts } from '../binary-array.ts';
import { type Db, prepared, sql, type Tx } from '../database.ts';
import type { StoredKey } from '../read/match.ts';
import { type PairLink, writeIdentityDecision } from './identity-decisions.ts';

/**
 * Takes keys from records and gives them others. No other has the key of a record: they are written by one at a time, from what it had.
 * @param removed and @param added are pairs of key and record, none in both
 */
export function exchangeKeys(tx: Tx, removed: readonly StoredKey[], added: readonly StoredKey[]): void {
  if (removed.length > 0)
    tx.later(
      prepared(
        'match-remove-keys',
        sql`
      delete from match_key m using unnest(${bigints(removed.map(({ key }) => key))}::bigint[], ${bigints(removed.map(({ recordId }) => recordId))}::bigint[]) x(key, id)
       where m.key = x.key and m.source_record_id = x.id`,
      ),
    );
  if (added.length > 0)
    tx.later(
      prepared(
        'match-add-keys',
        sql`
      insert into match_key (key, source_record_id)
      select * from unnest(${bigints(added.map(({ key }) => key))}::bigint[], ${bigints(added.map(({ recordId }) => recordId))}::bigint[])
       order by 1 -- neighbours in the index, one after the other`,
      ),
    );
}

/** Those of these keys whose block has just fallen back to as many as may. @param change by how much each key's block grew or shrank, after it did */
export async function shrunkKeys(
  tx: Db,
  change: ReadonlyMap<string, number>,
  largest: (key: string) => number,
): Promise<string[]> {
  if (change.size === 0) return [];
  const keys = [...change.keys()];
  const { rows } = await tx.query<{ readonly key: string }>(sql`
    select x.key from unnest(${bigints(keys)}::bigint[], ${[...change.values()]}::int[], ${keys.map(largest)}::int[]) x(key, grown, largest)
     cross join lateral (
       select count(*) as now from (
         select from match_key m where m.key = x.key limit x.largest - x.grown + 1) few) size
     where size.now <= x.largest and size.now - x.grown > x.largest`);
  return rows.map(({ key }) => key);
}

/**
 * Queues who has one of these keys, whose block has just grown too large, or fallen back: what the key says of them changed.
 * @param decidedNow records that need not be queued
 */
export function queueCarriers(tx: Tx, keys: readonly string[], decidedNow: readonly string[]): void {
  if (keys.length === 0) return;
  tx.later(sql`
    insert into resolution_queue (source_record_id)
    select distinct m.source_record_id from match_key m
     where m.key = any(${bigints(keys)}::bigint[])
       and m.source_record_id not in (select unnest(${bigints(decidedNow)}::bigint[]))`);
}

/** A record made ready for comparison, and its keys. */
export interface StoredForm {
  readonly recordId: string;
  readonly form: MatchRecord;
  readonly keys: readonly string[];
}

/** Keeps records as they are compared; those of `gone` are kept no longer. */
export function replaceForms(tx: Tx, forms: readonly StoredForm[], gone: readonly string[], formVersion: number): void {
  if (gone.length > 0)
    tx.later(prepared('match-drop-forms', sql`delete from match_form where source_record_id = any(${bigints(gone)}::bigint[])`));
  if (forms.length === 0) return;
  tx.later(
    prepared(
      'match-replace-forms',
      sql`
    insert into match_form (source_record_id, version, form, keys)
    select x.id, ${formVersion}, x.form::json, x.keys::bigint[]
      from unnest(${bigints(forms.map(({ recordId }) => recordId))}::bigint[],
                  ${texts(forms.map(({ form }) => JSON.stringify(form)))}::text[],
                  ${texts(forms.map(({ keys }) => `{${keys.join(',')}}`))}::text[]) x(id, form, keys)
    on conflict (source_record_id) do update set version = excluded.version, form = excluded.form, keys = excluded.keys`,
    ),
  );
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
export function replaceDecisions(tx: Tx, recordIds: readonly string[], decisions: readonly StoredDecision[]): void {
  const ordered = decisions.map((decision) => {
    const { one, other } = decision;
    return BigInt(one) < BigInt(other) ? { ...decision, a: one, b: other } : { ...decision, a: other, b: one };
  });
  const ids = bigints(recordIds);
  const [first, second] = [bigints(ordered.map(({ a }) => a)), bigints(ordered.map(({ b }) => b))];
  tx.later(
    prepared(
      'match-forget-decisions',
      sql`
    delete from match_decision d
     where d.record_a = any(${ids}::bigint[])
       -- sets that are looked up: as lists, and as joins of a guessed size, each pair would be held against each
       and (d.record_b in (select unnest(${ids}::bigint[]))) is true
       and ((d.record_a, d.record_b) not in (select * from unnest(${first}::bigint[], ${second}::bigint[]))) is true`,
    ),
  );
  if (decisions.length === 0) return;
  tx.later(
    prepared(
      'match-keep-decisions',
      sql`
    insert into match_decision (record_a, record_b, outcome, rule, weight, evidence)
    select * from unnest(${first}::bigint[], ${second}::bigint[], ${texts(ordered.map(({ outcome }) => outcome))}::text[],
                         ${texts(ordered.map(({ rule }) => rule))}::text[], ${reals(ordered.map(({ weight }) => weight))}::real[],
                         ${jsons(ordered.map(({ evidence }) => JSON.stringify(evidence ?? {})))}::jsonb[])
    on conflict (record_a, record_b) do update
       set outcome = excluded.outcome, rule = excluded.rule, weight = excluded.weight, evidence = excluded.evidence, at = now()
     where (match_decision.outcome, match_decision.rule, match_decision.weight, match_decision.evidence)
           is distinct from (excluded.outcome, excluded.rule, excluded.weight, excluded.evidence)`,
    ),
  );
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
