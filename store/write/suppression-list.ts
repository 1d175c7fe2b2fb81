import type { ListedReason } from '../../domain/consent/contact-decision.ts';
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

/**
 * Puts addresses and numbers on the suppression list as keyed hashes, which outlive the person's erasure. A listing of the same reason
 * takes the later time; a reason that a person's own yes cannot undo is never weakened to an opt-out. The clients who carry them are
 * compared with the ledger again.
 * @returns how many lines are new or newer
 * @see LOPDGDD art. 15.2
 */
export async function listIdentifiers(tx: Db, keys: KeyRing, lines: readonly ListedIdentifier[]): Promise<number> {
  if (lines.length === 0) return 0;
  const rows = lines.map(({ kind, value, ...line }) => ({
    ...line,
    kind,
    hash: keys.mac('suppression', `${kind}:${value}`).toString('hex'),
  }));
  const { rowCount } = await tx.query(sql`
    insert into suppression_list as known (hash, identifier_kind, purpose, channel, reason, since)
    select distinct on (x.hash, x.purpose, x.channel) decode(x.hash, 'hex'), x.kind, x.purpose, x.channel, x.reason, x.since
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
           as x(hash text, kind text, purpose text, channel text, reason text, since timestamptz)
     order by x.hash, x.purpose, x.channel, (x.reason = 'opt-out'), x.since desc
    on conflict (hash, purpose, channel) do update
       set since = greatest(known.since, excluded.since),
           reason = case when known.reason = 'opt-out' then excluded.reason else known.reason end
     where excluded.since > known.since or (known.reason = 'opt-out' and excluded.reason <> 'opt-out')`);
  await tx.query(sql`
    insert into consent_queue (client_id)
    select distinct i.client_id
      from jsonb_to_recordset(${JSON.stringify(lines.map(({ kind, value }) => ({ kind, value })))}::jsonb) as x(kind text, value text)
      join client_identifier i on i.kind = x.kind and i.value = x.value
    on conflict do nothing`);
  return rowCount;
}
