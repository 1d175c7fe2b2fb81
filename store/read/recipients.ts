import { type Db, sql } from '../database.ts';

/** Another controller that was given data of a client. */
export interface Recipient {
  /** A host, the id of a linked system, or a code that an officer gave. */
  readonly place: string;
  /** Of a linked system, and of one that was noted: how it is called. */
  readonly title: string | null;
  /** When it was last given something, ISO 8601 UTC. */
  readonly givenAt: string;
  /** A package that Ficha sent, or what an officer noted. */
  readonly by: 'package' | 'note';
}

/**
 * To whom data of this client was given: every place to which a package was sent, or may have been, for all that is known, and every
 * receiver that an officer noted; one that refused the package is none. Each place once, a note before a package. Indexes:
 * privacy_request by client, audit_entry_transfer, noted_recipient primary key.
 * @see Regulation (EU) 2016/679, art. 19 and 20(2)
 */
export async function recipientsOfClient(db: Db, clientId: string | null): Promise<readonly Recipient[]> {
  if (clientId === null) return [];
  const { rows } = await db.query<Recipient>(sql`
    with known_as as (
      select ${clientId}::uuid as id union all select alias_id from client_alias where client_id = ${clientId}),
    own as (
      select id::text as id from privacy_request where type = 'portability' and client_id in (select id from known_as)),
    handed as (
      select place, max(s.title) as title, max(e.at) as given_at, 'package' as by
        from audit_entry e
        join own on own.id = e.subject
        cross join lateral (select coalesce(e.facts ->> 'host', e.facts ->> 'systemId') as place) p
        left join linked_system s on s.id = e.facts ->> 'systemId'
       where e.action = 'package.transfer'
       group by place
      having count(*) filter (where e.facts ->> 'step' = 'sending')
           > count(*) filter (where e.facts ->> 'step' = 'answered' and (e.facts ->> 'status')::int not between 200 and 299)),
    noted as (
      select place, title, given_at, 'note' as by from noted_recipient where client_id in (select id from known_as))
    select distinct on (place) place, title, given_at as "givenAt", by
      from (select * from noted union all select * from handed) every
     order by place, by, given_at desc`);
  return rows;
}
