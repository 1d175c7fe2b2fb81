import type { ListedReason } from '../../domain/consent/listed-lines.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { type Db, sql } from '../database.ts';

/** An address or number that must not be contacted. */
export interface ListedIdentifier {
  readonly kind: 'email' | 'phone';
  /** Normalised. */
  readonly value: string;
  /** `*` is every purpose. */
  readonly purpose: string;
  /** `any` is every channel. */
  readonly channel: string;
  readonly reason: ListedReason;
  readonly since: Date | string;
}

/** The same by its keyed hash, in hexadecimal: whose address or number it is, nobody can tell any more. */
export type ListedHash = Omit<ListedIdentifier, 'value'> & { readonly hash: string };

/**
 * Puts keyed hashes on the suppression list, where they outlive the person's erasure. A listing of the same reason takes the later time;
 * every reason stands by itself.
 * @returns how many lines are new or newer
 * @see LOPDGDD art. 15.2
 */
export async function listHashes(tx: Db, lines: readonly ListedHash[]): Promise<number> {
  if (lines.length === 0) return 0;
  const { rowCount } = await tx.query(sql`
    insert into suppression_list as known (hash, identifier_kind, purpose, channel, reason, since)
    select distinct on (x.hash, x.purpose, x.channel, x.reason) decode(x.hash, 'hex'), x.kind, x.purpose, x.channel, x.reason, x.since
      from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb)
           as x(hash text, kind text, purpose text, channel text, reason text, since timestamptz)
     order by x.hash, x.purpose, x.channel, x.reason, x.since desc
    on conflict (hash, purpose, channel, reason) do update set since = excluded.since where excluded.since > known.since`);
  return rowCount;
}

/**
 * Puts addresses and numbers on the suppression list as `listHashes` does; the clients who carry them are compared with the ledger again.
 * @returns how many lines are new or newer
 */
export async function listIdentifiers(tx: Db, keys: KeyRing, lines: readonly ListedIdentifier[]): Promise<number> {
  if (lines.length === 0) return 0;
  const listed = await listHashes(
    tx,
    lines.map(({ kind, value, ...line }) => ({
      ...line,
      kind,
      hash: keys.mac('suppression', `${kind}:${value}`).toString('hex'),
    })),
  );
  await queueCarriers(tx, lines);
  return listed;
}

type Named = Pick<ListedIdentifier, 'kind' | 'value'>;

async function queueCarriers(tx: Db, named: readonly Named[]): Promise<void> {
  await tx.query(sql`
    insert into consent_queue (client_id)
    select distinct i.client_id
      from jsonb_to_recordset(${JSON.stringify(named.map(({ kind, value }) => ({ kind, value })))}::jsonb) as x(kind text, value text)
      join client_identifier i on i.kind = x.kind and i.value = x.value
    on conflict do nothing`);
}

/**
 * Takes addresses and numbers off the list for one reason; what is listed of them for another one stays, and so does the person's own no.
 * The clients who carry them are compared with the ledger again.
 * @returns how many of them stood there
 */
export async function delistIdentifiers(
  tx: Db,
  keys: KeyRing,
  reason: Exclude<ListedReason, 'opt-out'>,
  named: readonly Named[],
): Promise<number> {
  if (named.length === 0) return 0;
  const hashes = named.map(({ kind, value }) => keys.mac('suppression', `${kind}:${value}`).toString('hex'));
  const { rows } = await tx.query<{ readonly hash: string }>(sql`
    with gone as (
      delete from suppression_list l using (select distinct unnest(${hashes}::text[]) as hash) x
       where l.hash = decode(x.hash, 'hex') and l.reason = ${reason} returning x.hash)
    select distinct hash from gone`);
  const found = new Set(rows.map(({ hash }) => hash));
  await queueCarriers(
    tx,
    named.filter((_, place) => found.has(hashes[place] ?? '')),
  );
  return found.size;
}
