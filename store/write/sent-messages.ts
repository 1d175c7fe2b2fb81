import { type Db, sql } from '../database.ts';

/** A message to one client, before it leaves. */
export interface NewMessage {
  /** UUID made by whoever writes: the same message is sent once. */
  readonly id: string;
  readonly clientId: string;
  /** Normalised; one of the client's own. */
  readonly address: string;
  readonly purpose: string;
  readonly subject: string;
  readonly text: string;
  /** Subject of the token. */
  readonly by: string;
  readonly at: Date;
}

/** `sending` is a message whose process may have died: nobody knows whether it left. */
export type MessageState = 'sending' | 'sent' | 'refused' | 'unknown';

/**
 * Keeps a message with the record that carries its address, so that it follows that record through merges and splits and goes when the
 * record goes. Indexes: client_identifier primary key, sent_message primary key.
 * @returns `isNew: false` with what became of it when this id was kept before; undefined when the client carries no such address
 */
export async function keepMessage(
  tx: Db,
  { id, clientId, address, purpose, subject, text, by, at }: NewMessage,
): Promise<{ readonly isNew: boolean; readonly state: MessageState } | undefined> {
  const { rowCount } = await tx.query(sql`
    insert into sent_message (id, source_record_id, address, channel, purpose, subject, body, sent_by, at)
    select ${id}, i.source_record_id, ${address}, 'email', ${purpose}, ${subject}, ${text}, ${by}, ${at}
      from client_identifier i join source_record r on r.id = i.source_record_id join linked_system s on s.id = r.linked_system_id
     where i.kind = 'email' and i.value = ${address} and i.client_id = ${clientId}
     order by s.source_rank, r.id limit 1
    on conflict (id) do nothing`);
  const { rows } = await tx.query<{ state: MessageState }>(sql`
    select m.state from sent_message m join source_record r on r.id = m.source_record_id
     where m.id = ${id} and m.address = ${address} and r.client_id = ${clientId}`);
  const [kept] = rows;
  return kept && { isNew: rowCount > 0, state: kept.state };
}

/** Notes what became of a message. */
export async function settleMessage(tx: Db, id: string, state: MessageState, detail: string | null): Promise<void> {
  await tx.query(sql`update sent_message set state = ${state}, detail = ${detail} where id = ${id}`);
}

/** Takes back a message of which it is certain that nothing left. */
export async function dropUnsent(tx: Db, id: string): Promise<void> {
  await tx.query(sql`delete from sent_message where id = ${id} and state = 'sending'`);
}
