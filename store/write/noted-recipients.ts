import { FichaError } from '../../domain/record/error.ts';
import { type Db, sql } from '../database.ts';
import { appendAudit } from './audit.ts';

/** A receiver as an officer notes it, or takes the note back. */
export interface NotedRecipient {
  readonly clientId: string;
  /** A host or a short code: it stands in the audit log. */
  readonly place: string;
  readonly title: string;
  readonly givenAt: Date;
  readonly mistaken: boolean;
  readonly by: string;
  readonly at: Date;
}

/**
 * Notes that another controller was given data of a client, or that this was a mistake. Said again it changes nothing but what is new.
 * @throws FichaError `unknown-client`, `unknown-recipient`
 * @see Regulation (EU) 2016/679, art. 19
 */
export async function noteRecipient(tx: Db, noted: NotedRecipient): Promise<void> {
  const { place, title, givenAt, mistaken, by, at } = noted;
  const { rows } = await tx.query<{ id: string }>(sql`
    select id from client where id = coalesce((select client_id from client_alias where alias_id = ${noted.clientId}), ${noted.clientId})`);
  const [client] = rows;
  if (client === undefined) throw new FichaError('unknown-client', 'no client has this id; `ficha client find` finds clients');
  const { rowCount } = mistaken
    ? await tx.query(sql`
        delete from noted_recipient
         where place = ${place}
           and (client_id = ${client.id} or client_id in (select alias_id from client_alias where client_id = ${client.id}))`)
    : await tx.query(sql`
        insert into noted_recipient (client_id, place, title, given_at, noted_by, noted_at)
        values (${client.id}, ${place}, ${title}, ${givenAt}, ${by}, ${at})
        on conflict (client_id, place) do update
          set title = excluded.title, given_at = excluded.given_at, noted_by = excluded.noted_by, noted_at = excluded.noted_at`);
  if (rowCount === 0)
    throw new FichaError('unknown-recipient', 'no such receiver was noted for this client; `ficha client recipients` lists them');
  await appendAudit(tx, {
    actor: by,
    action: mistaken ? 'recipient.withdraw' : 'recipient.note',
    subject: client.id,
    facts: { place, ...(mistaken ? {} : { givenAt: givenAt.toISOString() }) },
    at,
  });
}
