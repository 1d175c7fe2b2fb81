import { FichaError } from '../../domain/record/error.ts';
import { type Db, join, sql } from '../database.ts';

/** A living person or company record, as decisions on clients name it. */
export interface IdentityRecord {
  readonly id: string;
  readonly clientId: string | null;
  readonly kind: 'person' | 'company';
  readonly systemId: string;
  readonly externalId: string;
}

const columns = sql`r.id, r.client_id as "clientId", r.kind, r.linked_system_id as "systemId", r.external_id as "externalId"`;

/**
 * The records of these clients, an alias standing for the client that it leads to. Index: source_record_client.
 * @throws FichaError `unknown-client`
 */
export async function recordsOfClients(db: Db, clientIds: readonly string[]): Promise<IdentityRecord[]> {
  const { rows } = await db.query<IdentityRecord & { readonly asked: string }>(sql`
    select ${columns}, x.asked
      from unnest(${[...clientIds]}::uuid[]) as x(asked)
      left join client_alias a on a.alias_id = x.asked
      join source_record r on r.client_id = coalesce(a.client_id, x.asked)
     where r.kind in ('person', 'company') and r.deleted_at is null
     order by r.id`);
  const found = new Set(rows.map(({ asked }) => asked));
  const missing = clientIds.filter((id) => !found.has(id.toLowerCase()));
  if (missing.length > 0)
    throw new FichaError(
      'unknown-client',
      `no client with records has the id ${missing.join(', ')}; \`ficha client find\` shows ids`,
    );
  return rows;
}

/**
 * Records by what people call them: the id that Ficha gave, or `<linked system>:<external id>`.
 * @throws FichaError `unknown-record`, `ambiguous-record`; it names the place of the reference, not its text
 */
export async function recordsByRef(db: Db, refs: readonly string[]): Promise<IdentityRecord[]> {
  const wanted = refs.map((ref, place) => {
    const [systemId = '', ...rest] = ref.split(':');
    const numeric = /^\d+$/.test(ref);
    return sql`(${place}::int, ${numeric ? ref : null}::bigint, ${systemId}::text, ${rest.join(':')}::text)`;
  });
  const { rows } = await db.query<IdentityRecord & { readonly place: number }>(sql`
    select ${columns}, x.place
      from (values ${join(wanted)}) as x(place, id, system_id, external_id)
     cross join lateral (
       select * from source_record s where s.id = x.id
       union all
       select * from source_record s where x.id is null and s.linked_system_id = x.system_id and s.external_id = x.external_id
                                       and s.kind in ('person', 'company')) r
     where r.kind in ('person', 'company') and r.deleted_at is null
     order by x.place`);
  return refs.map((_ref, place) => {
    const [found, second] = rows.filter((row) => row.place === place);
    if (found === undefined)
      throw new FichaError(
        'unknown-record',
        `record ${place + 1}: nobody has it now; \`ficha client how <id>\` lists the records of a client`,
      );
    if (second !== undefined)
      throw new FichaError(
        'ambiguous-record',
        `record ${place + 1}: a person and a company have this id; name it by the number that Ficha gave it`,
      );
    return found;
  });
}

/** What hangs from some records and goes where they go. */
export interface Holdings {
  readonly records: number;
  readonly sales: number;
  readonly interactions: number;
  readonly consents: number;
  readonly suppressions: number;
}

/** Counts what hangs from these records. Index: source_record_owner, suppression_act_pkey. */
export async function holdingsOf(db: Db, recordIds: readonly string[]): Promise<Holdings> {
  const { rows } = await db.query<Omit<Holdings, 'records'>>(sql`
    with mine as (select id, linked_system_id, external_id from source_record where id = any(${[...recordIds]}::bigint[])),
    owned as (
      select r.kind from mine m
        join source_record r on r.linked_system_id = m.linked_system_id and r.client_external_id = m.external_id
       where r.deleted_at is null)
    select (select count(*)::int from owned where kind = 'sale') as sales,
           (select count(*)::int from owned where kind = 'interaction') as interactions,
           (select count(*)::int from consent_subject s join consent_event e on e.subject_id = s.id
             where s.source_record_id in (select id from mine)) as consents,
           (select count(*)::int from suppression_act where ended_at is null and source_record_id in (select id from mine)) as suppressions`);
  return { records: recordIds.length, ...(rows[0] ?? { sales: 0, interactions: 0, consents: 0, suppressions: 0 }) };
}

/** Whether a privacy request is open for one of these clients: while it runs, they stay what they are. Index: privacy_request_client. */
export async function hasOpenRequest(db: Db, clientIds: readonly string[]): Promise<boolean> {
  const { rowCount } = await db.query(sql`
    select from privacy_request where client_id = any(${[...clientIds]}::uuid[]) and closed_at is null limit 1`);
  return rowCount > 0;
}
