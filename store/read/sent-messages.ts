import { type Db, sql } from '../database.ts';

/** One message that was written to a client from Ficha. */
export interface SentMessage {
  readonly id: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly address: string;
  readonly channel: string;
  readonly subject: string;
  readonly text: string;
  readonly state: string;
}

/** Everything that was written to one client from Ficha, oldest first. Indexes: source_record_client, sent_message_record. */
export async function messagesOfClient(db: Db, clientId: string): Promise<SentMessage[]> {
  const { rows } = await db.query<SentMessage>(sql`
    select m.id, to_char(m.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, m.address, m.channel, m.subject, m.body as text, m.state
      from source_record r join sent_message m on m.source_record_id = r.id
     where r.client_id = ${clientId}
     order by m.at, m.id`);
  return rows;
}
