import { jsons, texts, uuids } from '../binary-array.ts';
import { type Db, prepared, sql, type Tx } from '../database.ts';
import type { ClientToSave } from './clients.ts';

/**
 * Writes golden values with where each is from, then runs `members`. What is known of a restricted client stays as it was, also
 * when it is merged with another: the values of neither change until the hold is lifted.
 * @param known clients that there were before: only they have something to replace
 * @see Regulation (EU) 2016/679, art. 18(2)
 */
export async function saveGolden(
  tx: Tx,
  clients: readonly ClientToSave[],
  known: ReadonlySet<string>,
  members: () => void,
): Promise<void> {
  const knownOf = ({ id, absorbed }: ClientToSave): readonly string[] => [id, ...absorbed].filter((one) => known.has(one));
  const held = await heldAmong(tx, clients.flatMap(knownOf));
  const free = clients.filter((client) => !known.has(client.id) || !knownOf(client).some((id) => held.has(id)));
  saveValues(tx, free);
  members();
}

/** Those of these clients that are restricted. Index: primary key. */
async function heldAmong(tx: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await tx.query<{ readonly id: string }>(
    prepared('clients-held', sql`select id from client where id = any(${[...ids]}::uuid[]) and state = 'restricted'`),
  );
  return new Set(rows.map(({ id }) => id));
}

/** As `client.origins` keeps it, and the view golden_field reads it. */
const originOf = ({ field, sourceRecordId, linkedSystemId, rule, at, losing }: ClientToSave['provenance'][number]) => ({
  field,
  source_record_id: Number(sourceRecordId),
  linked_system_id: linkedSystemId,
  rule,
  at,
  ...(losing.length === 0 ? {} : { losing }),
});

function saveValues(tx: Tx, clients: readonly ClientToSave[]): void {
  if (clients.length === 0) return;
  tx.later(
    prepared(
      'clients-save',
      sql`
    insert into client (id, kind, display_name, search_name, golden, origins, country, acquisition_source)
    select * from unnest(${uuids(clients.map(({ id }) => id))}::uuid[], ${texts(clients.map(({ kind }) => kind))}::text[],
                         ${texts(clients.map(({ displayName }) => displayName))}::text[],
                         ${texts(clients.map(({ searchName }) => searchName))}::text[],
                         ${jsons(clients.map(({ golden }) => JSON.stringify(golden)))}::jsonb[],
                         ${jsons(clients.map(({ provenance }) => JSON.stringify(provenance.map(originOf))))}::jsonb[],
                         ${texts(clients.map(({ country }) => country))}::text[],
                         ${texts(clients.map(({ acquisitionSource }) => acquisitionSource))}::text[])
    on conflict (id) do update
       set display_name = excluded.display_name, search_name = excluded.search_name, golden = excluded.golden, origins = excluded.origins,
           country = excluded.country, acquisition_source = excluded.acquisition_source, updated_at = now()`,
    ),
  );
}
