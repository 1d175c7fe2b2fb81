import type { Db } from './database.ts';

/** Who looked at whose fichas, at once. */
export interface Look {
  readonly actor: string;
  readonly role: string;
  /** Each once. */
  readonly clientIds: readonly string[];
  readonly purpose?: string;
}

/**
 * Appends one entry for the fichas that one question shows; nothing when it shows none. `accessor` is the role that may only insert here.
 * When this throws, the fichas are not shown.
 */
export async function recordLook(accessor: Db, { actor, role, clientIds, purpose }: Look): Promise<void> {
  if (clientIds.length === 0) return;
  await accessor.query({
    name: 'record-look',
    text: 'insert into access_log (actor, role, client_ids, purpose) values ($1, $2, $3::uuid[], $4)',
    values: [actor, role, [...clientIds], purpose ?? null],
  });
}
