import { type Db, sql } from './database.ts';

/** Who looked at whose ficha. */
export interface Look {
  readonly actor: string;
  readonly role: string;
  readonly clientId: string;
  readonly purpose?: string;
}

/**
 * Appends one entry per ficha looked at. `accessor` is the role that may only insert here; when this throws, the ficha is not shown.
 * @param looks 0 <= n <= 100, one statement
 */
export async function recordLooks(accessor: Db, looks: readonly Look[]): Promise<void> {
  if (looks.length === 0) return;
  const rows = JSON.stringify(
    looks.map(({ actor, role, clientId, purpose }) => ({ actor, role, client_id: clientId, purpose: purpose ?? null })),
  );
  await accessor.query(sql`
    insert into access_log (actor, role, client_id, purpose)
    select x.actor, x.role, x.client_id, x.purpose
      from jsonb_to_recordset(${rows}::jsonb) as x(actor text, role text, client_id uuid, purpose text)`);
}
