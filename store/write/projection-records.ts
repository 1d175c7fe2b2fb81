import { type Db, sql } from '../database.ts';

/**
 * What queued records look like now, column by column: millions of them pass through, and a row of its own costs more than all that is done
 * with it. A record that must not be counted (any more) has a client of zeros.
 */
export interface QueuedProjections {
  /** Entries of the queue that are done with. */
  readonly taken: number;
  readonly rows: number;
  /** 8 bytes a row, most significant first. */
  readonly ids: Buffer;
  /** 16 bytes a row. */
  readonly clients: Buffer;
  /** First day of the month, in days since 1970. */
  readonly months: Int32Array;
  /** The month under which ClickHouse holds it; `notHeld` when it was not brought there. */
  readonly projectedMonths: Int32Array;
  readonly amountCents: BigInt64Array;
  readonly responseMinutes: Int32Array;
  readonly linkedSystems: readonly string[];
  readonly kinds: readonly string[];
  /** Empty where none is known. */
  readonly channels: readonly string[];
  readonly currencies: readonly string[];
}

/** The columns as PostgreSQL writes them: numbers one after another, texts with a separator between them. */
interface Written {
  readonly rows: number;
  readonly ids: Buffer;
  readonly clients: Buffer;
  readonly months: Buffer;
  readonly projectedMonths: Buffer;
  readonly amounts: Buffer;
  readonly responses: Buffer;
  readonly linkedSystems: string;
  readonly kinds: string;
  readonly channels: string;
  readonly currencies: string;
}

const separator = '\u001f';

const int32s = (bytes: Buffer): Int32Array => new Int32Array(new Uint8Array(bytes.swap32()).buffer);
const int64s = (bytes: Buffer): BigInt64Array => new BigInt64Array(new Uint8Array(bytes.swap64()).buffer);

function read(taken: number, written: Written): QueuedProjections {
  const { rows } = written;
  const texts = (joined: string): readonly string[] => {
    const all = joined.split(separator);
    if (all.length !== rows) throw new TypeError('the columns of a batch are equally long');
    return all;
  };
  return {
    taken,
    rows,
    ids: written.ids,
    clients: written.clients,
    months: int32s(written.months),
    projectedMonths: int32s(written.projectedMonths),
    amountCents: int64s(written.amounts),
    responseMinutes: int32s(written.responses),
    linkedSystems: texts(written.linkedSystems),
    kinds: texts(written.kinds),
    channels: texts(written.channels),
    currencies: texts(written.currencies),
  };
}

/** The smallest number of four bytes: no month. */
export const notHeld = -2_147_483_648;

/** Takes up to `limit` entries off the queue. @returns how many, and the records they name, each once, as PostgreSQL writes an array */
async function takeQueued(tx: Db, limit: number): Promise<{ readonly taken: number; readonly ids: string | null }> {
  const { rows } = await tx.query<{ taken: number; ids: string | null }>(sql`
    with gone as (
      delete from projection_queue where id <= (select max(id) from (select id from projection_queue order by id limit ${limit}) first)
      returning source_record_id as id)
    select count(*)::integer as taken, array_agg(distinct id)::text as ids from gone`);
  return rows[0] ?? { taken: 0, ids: null };
}

/**
 * Takes up to `limit` queued records off the queue, with what they look like now, and notes that ClickHouse holds them so: it is told
 * before the transaction ends, and all of it is undone when that fails. With an answer come the messages that it answers. Records that
 * are gone, and those of clients that are not active or object to profiling, come without a client. No two transactions do so at once.
 * @returns undefined when nothing is queued
 */
export async function takeProjections(tx: Db, limit: number): Promise<QueuedProjections | undefined> {
  const { taken, ids } = await takeQueued(tx, limit);
  if (ids === null) return undefined;
  // how many ids there are decides the plan: it is read from the parameter
  const { rows } = await tx.query<Written>(sql`
    with asked as (select unnest(${ids}::bigint[]) as id),
    wanted as (
      select id from asked
      union all
      select distinct m.source_record_id
        from asked
        join interaction o on o.source_record_id = asked.id and o.direction = 'out'
       cross join lateral (
         select i.source_record_id from interaction i
          where i.client_id = o.client_id and i.direction = 'in' and i.at <= o.at and i.at > o.at - interval '30 days'
          order by i.at desc limit 20) m
       where m.source_record_id not in (select id from asked)),
    seen as materialized (
      select w.id, c.id as client_id, coalesce(s.linked_system_id, i.linked_system_id, '') as linked_system,
             case when s.status in ('draft', 'refused', 'cancelled') then 'void'
                  else coalesce(s.sale_kind, i.interaction_kind, 'gone') end as kind,
             date_trunc('month', coalesce(s.at, i.at, 'epoch'::timestamptz))::date as month, p.month as held,
             coalesce(s.channel, i.channel, i.interaction_kind, '') as channel, s.amount_cents, coalesce(s.currency, '') as currency,
             case when i.direction = 'in' then
               (select least(extract(epoch from o.at - i.at) / 60, 1000000)::integer from interaction o
                 where o.client_id = i.client_id and o.direction = 'out' and o.at >= i.at order by o.at limit 1) end as response
        from wanted w
        left join source_record gone on gone.id = w.id and gone.deleted_at is not null
        left join sale s on s.source_record_id = w.id and gone.id is null
        left join interaction i on i.source_record_id = w.id and gone.id is null
        left join client c on c.id = coalesce(s.client_id, i.client_id) and c.state = 'active' and not c.no_profiling
        left join projected_record p on p.source_record_id = w.id),
    gone as (
      delete from projected_record p using seen where p.source_record_id = seen.id and seen.client_id is null and seen.held is not null),
    moved as (
      update projected_record p set month = seen.month
        from seen where p.source_record_id = seen.id and seen.client_id is not null and seen.month <> seen.held),
    come as (
      insert into projected_record (source_record_id, month)
      select id, month from seen where client_id is not null and held is null order by id),
    counted as (
      insert into projected_month as m (month, events)
      select month, sum(change) from (
        select month, count(*) as change from seen where client_id is not null and month is distinct from held group by month
        union all
        select held, -count(*) from seen where client_id is null or month <> held group by held) changed
       where month is not null group by month
      on conflict (month) do update set events = m.events + excluded.events)
    select count(*)::integer as rows, string_agg(int8send(id), '') as ids,
           string_agg(uuid_send(coalesce(client_id, '00000000-0000-0000-0000-000000000000')), '') as clients,
           string_agg(int4send(month - date '1970-01-01'), '') as months,
           string_agg(int4send(coalesce(held - date '1970-01-01', ${notHeld})), '') as "projectedMonths",
           string_agg(int8send(coalesce(amount_cents, 0)), '') as amounts, string_agg(int4send(coalesce(response, -1)), '') as responses,
           string_agg(linked_system, ${separator}) as "linkedSystems", string_agg(kind, ${separator}) as kinds,
           string_agg(replace(channel, ${separator}, ' '), ${separator}) as channels, string_agg(currency, ${separator}) as currencies
      from seen`);
  return rows[0] && read(taken, rows[0]);
}
