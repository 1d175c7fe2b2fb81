import type { ListedLine } from '../../domain/consent/listed-lines.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { type Db, sql } from '../database.ts';

/** A line of the suppression list about an address or number of a client. */
export interface ListedOfClient extends ListedLine {
  readonly clientId: string;
}

/**
 * Lines of the suppression list that hold for these clients: of addresses and numbers that nobody else carries. They are there when the
 * ledger is not, after an erasure or for who comes back under another record. Indexes: client_identifier_client, suppression_list_pkey.
 */
export async function linesOfClients(db: Db, keys: KeyRing, clientIds: readonly string[]): Promise<ListedOfClient[]> {
  const { rows: carried } = await db.query<{ readonly clientId: string; readonly kind: string; readonly value: string }>(sql`
    select distinct i.client_id as "clientId", i.kind, i.value
      from client_identifier i
     where i.client_id = any(${[...clientIds]}::uuid[]) and i.kind in ('email', 'phone')
       and not exists (select from client_identifier o where o.kind = i.kind and o.value = i.value and o.client_id <> i.client_id)`);
  if (carried.length === 0) return [];
  const lines = carried.map(({ clientId, kind, value }) => ({
    client_id: clientId,
    hash: keys.mac('suppression', `${kind}:${value}`).toString('hex'),
  }));
  const { rows } = await db.query<ListedOfClient>(sql`
    select x.client_id as "clientId", l.purpose, l.channel, l.reason, l.since
      from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) as x(client_id uuid, hash text)
      join suppression_list l on l.hash = decode(x.hash, 'hex')
     order by l.since`);
  return rows;
}

/**
 * The e-mail addresses or telephone numbers of a client that nobody else carries, as the suppression list would hold them: keyed hashes in
 * hexadecimal, at most three. Index: client_identifier_client.
 */
export async function ownHashes(db: Db, keys: KeyRing, clientId: string, kind: 'email' | 'phone'): Promise<string[]> {
  const { rows } = await db.query<{ readonly value: string }>(sql`
    select distinct i.value from client_identifier i
     where i.client_id = ${clientId} and i.kind = ${kind}
       and not exists (select from client_identifier o where o.kind = i.kind and o.value = i.value and o.client_id <> i.client_id)
     order by i.value limit 3`);
  return rows.map(({ value }) => keys.mac('suppression', `${kind}:${value}`).toString('hex'));
}

/** A suppression that holds now. */
export interface SuppressionInForce {
  readonly id: string;
  readonly clientId: string;
  readonly purpose: string;
  readonly channel: string;
}

/** Every suppression in force for these clients. Index: suppression_client_in_force. */
export async function allSuppressionsInForce(db: Db, clientIds: readonly string[]): Promise<SuppressionInForce[]> {
  const { rows } = await db.query<SuppressionInForce>(sql`
    select id, client_id as "clientId", purpose, channel from suppression
     where client_id = any(${[...clientIds]}::uuid[]) and lifted_at is null
     order by id`);
  return rows;
}
