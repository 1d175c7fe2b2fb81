import { type Db, sql } from '../database.ts';

/** Another controller that was handed data of a client. */
export interface Recipient {
  /** A host, or the id of a linked system. */
  readonly place: string;
  /** Of a linked system: how it is called. */
  readonly title: string | null;
}

/**
 * To whom packages of this client were handed: every place to which one was sent, or may have been, for all that is known; one that
 * refused it is none. Indexes: privacy_request by client, audit_entry_transfer.
 * @see Regulation (EU) 2016/679, art. 19 and 20(2)
 */
export async function recipientsOfClient(db: Db, clientId: string | null): Promise<readonly Recipient[]> {
  if (clientId === null) return [];
  const { rows } = await db.query<Recipient>(sql`
    with own as (
      select id::text as id from privacy_request
       where type = 'portability'
         and (client_id = ${clientId} or client_id in (select alias_id from client_alias where client_id = ${clientId})))
    select place, max(s.title) as title
      from audit_entry e
      join own on own.id = e.subject
      cross join lateral (select coalesce(e.facts ->> 'host', e.facts ->> 'systemId') as place) p
      left join linked_system s on s.id = e.facts ->> 'systemId'
     where e.action = 'package.transfer'
     group by place
    having count(*) filter (where e.facts ->> 'step' = 'sending')
         > count(*) filter (where e.facts ->> 'step' = 'answered' and (e.facts ->> 'status')::int not between 200 and 299)
     order by place`);
  return rows;
}
