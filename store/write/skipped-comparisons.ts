import type { BlockLimits } from '../../domain/identity/match-keys.ts';
import { type Db, sql } from '../database.ts';

/**
 * Counts the pairs of records that share a key and are not compared by it, because more records have it than may; kept as the figure of the day.
 * Reads every key once, in the order of match_key_pkey.
 */
export async function countSkippedComparisons(tx: Db, at: Date, { largestBlock, largestBroadBlock }: BlockLimits): Promise<void> {
  await tx.query(sql`
    insert into skipped_comparisons (day, keys, comparisons, at)
    select (${at}::timestamptz at time zone 'UTC')::date, count(*), coalesce(sum(n * (n - 1) / 2), 0), ${at}
      from (select count(*) as n from match_key
             group by key
            -- the two lowest bits of a key are its class
            having count(*) > case key & 3 when 3 then ${largestBroadBlock}::int else ${largestBlock}::int end) oversize
    on conflict (day) do update set keys = excluded.keys, comparisons = excluded.comparisons, at = excluded.at`);
}
