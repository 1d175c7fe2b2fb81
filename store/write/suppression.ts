import { type Db, sql } from '../database.ts';

/** A client whose outward state must be compared with the ledger, and where they can be contacted. */
export interface QueuedClient {
  readonly clientId: string;
  /** Linked systems that hold a record of this client and were not removed. */
  readonly systemIds: readonly string[];
  /** Restricted: a no is passed on, a yes waits until the hold is lifted (GDPR art. 18(2)). */
  readonly held: boolean;
}

/**
 * Takes up to `limit` queued clients off the queue, with the systems that hold them; another drain skips them. When the transaction
 * fails they are queued still. Of a blocked or erased client nothing is passed on.
 */
export async function takeConsentQueue(
  tx: Db,
  limit: number,
): Promise<{ readonly taken: number; readonly clients: readonly QueuedClient[] }> {
  const { rows } = await tx.query<QueuedClient & { readonly live: boolean }>(sql`
    with taken as (
      delete from consent_queue
       where client_id in (select client_id from consent_queue order by client_id limit ${limit} for update skip locked)
      returning client_id)
    select t.client_id as "clientId", c.state in ('active', 'restricted') as live, c.state = 'restricted' as held,
           coalesce((select array_agg(distinct r.linked_system_id order by r.linked_system_id)
                       from source_record r join linked_system l on l.id = r.linked_system_id and l.state <> 'removed'
                      where r.client_id = t.client_id and r.kind in ('person', 'company') and r.deleted_at is null), '{}') as "systemIds"
      from taken t join client c on c.id = t.client_id`);
  return { taken: rows.length, clients: rows.filter(({ live }) => live) };
}

/** One suppression that a client's ledger asks for. */
export interface Owed {
  readonly clientId: string;
  readonly purpose: string;
  readonly channel: string;
  readonly systemId: string;
}

/** Makes missing suppressions due, and due again those whose client has a record that was not read back suppressed. @returns those */
export async function makeDue(tx: Db, owed: readonly Owed[], at: Date): Promise<readonly Owed[]> {
  if (owed.length === 0) return [];
  const lines = JSON.stringify(
    owed.map(({ clientId, purpose, channel, systemId }) => ({ client_id: clientId, purpose, channel, system: systemId })),
  );
  const { rows } = await tx.query<Owed>(sql`
    insert into suppression (client_id, purpose, channel, linked_system_id, since)
    select x.client_id, x.purpose, x.channel, x.system, ${at}::timestamptz
      from jsonb_to_recordset(${lines}::jsonb) as x(client_id uuid, purpose text, channel text, system text)
    on conflict (client_id, purpose, channel, linked_system_id) do update
       set state = 'due', attempts = 0, lifted_at = null, lifted_by = null, lift_state = null,
           since = case when suppression.lifted_at is null then suppression.since else excluded.since end,
           applied_to = case when suppression.lifted_at is null then suppression.applied_to else '{}' end
     where suppression.lifted_at is not null
        or exists (select from source_record r
                    where r.client_id = suppression.client_id and r.linked_system_id = suppression.linked_system_id
                      and r.kind in ('person', 'company') and r.deleted_at is null and not r.id = any(suppression.applied_to))
    returning client_id as "clientId", purpose, channel, linked_system_id as "systemId"`);
  return rows;
}

/**
 * Gives these clients the suppressions that Ficha carried out on their records while those belonged to another client: after a split
 * each side answers for its own. Index: source_record_client, suppression_act_pkey.
 */
export async function adoptSuppressions(tx: Db, clientIds: readonly string[]): Promise<void> {
  await tx.query(sql`
    insert into suppression (client_id, purpose, channel, linked_system_id, since, state, applied_to, read_back_at)
    select r.client_id, a.purpose, a.channel, r.linked_system_id, min(a.started_at), 'applied', array_agg(r.id), max(a.confirmed_at)
      from source_record r join suppression_act a on a.source_record_id = r.id
     where r.client_id = any(${[...clientIds]}::uuid[]) and r.deleted_at is null
       and a.confirmed_at is not null and a.ended_at is null
     group by r.client_id, a.purpose, a.channel, r.linked_system_id
    on conflict (client_id, purpose, channel, linked_system_id) do nothing`);
}

/** A suppression that holds no more, and the consent event that ended it. */
export interface Lift {
  readonly id: string;
  /** `null`: the denial went to another client with a split, and nobody said yes. */
  readonly eventId: string | null;
}

/** A suppression that was lifted. */
export interface Lifted extends Owed {
  readonly id: string;
  /** The system still holds it, and nobody's yes allows to take it back: a person decides. */
  readonly leftBehind: boolean;
}

/**
 * Lifts suppressions. The systems are told only where the person said yes to exactly that purpose and Ficha had it confirmed there: a
 * denial of everything that is taken back says yes to nothing.
 */
export async function liftSuppressions(tx: Db, lifts: readonly Lift[], at: Date): Promise<readonly Lifted[]> {
  if (lifts.length === 0) return [];
  const lines = JSON.stringify(lifts.map(({ id, eventId }) => ({ id, event: eventId })));
  const { rows } = await tx.query<Lifted>(sql`
    update suppression s
       set lifted_at = ${at}::timestamptz, lifted_by = x.event, attempts = 0,
           lift_state = case when x.event is not null and s.purpose <> '*' and s.applied_to <> '{}' then 'due' end
      from jsonb_to_recordset(${lines}::jsonb) as x(id uuid, event uuid)
     where s.id = x.id and s.lifted_at is null
    returning s.id, s.client_id as "clientId", s.purpose, s.channel, s.linked_system_id as "systemId",
              x.event is null and s.applied_to <> '{}' as "leftBehind"`);
  return rows;
}
