import { type Db, prepared, sql } from '../database.ts';
import type { ClientToSave } from './clients.ts';

/**
 * Writes golden values and where each is from; `members` runs between the two. What is known of a restricted client stays as it was, also
 * when it is merged with another: the values of neither change until the hold is lifted.
 * @param known clients that there were before: only they have something to replace
 * @see Regulation (EU) 2016/679, art. 18(2)
 */
export async function saveGolden(
  tx: Db,
  clients: readonly ClientToSave[],
  known: ReadonlySet<string>,
  members: () => Promise<void>,
): Promise<void> {
  const knownOf = ({ id, absorbed }: ClientToSave): readonly string[] => [id, ...absorbed].filter((one) => known.has(one));
  const held = await heldAmong(tx, clients.flatMap(knownOf));
  const free = clients.filter((client) => !known.has(client.id) || !knownOf(client).some((id) => held.has(id)));
  await saveValues(tx, free);
  await members();
  await forgetProvenance(tx, [...free.flatMap(knownOf), ...clients.flatMap(({ absorbed }) => absorbed)]);
  await saveProvenance(tx, free);
}

/** Those of these clients that are restricted. Index: primary key. */
async function heldAmong(tx: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await tx.query<{ readonly id: string }>(
    prepared('clients-held', sql`select id from client where id = any(${[...ids]}::uuid[]) and state = 'restricted'`),
  );
  return new Set(rows.map(({ id }) => id));
}

async function saveValues(tx: Db, clients: readonly ClientToSave[]): Promise<void> {
  await tx.query(
    prepared(
      'clients-save',
      sql`
    insert into client (id, kind, display_name, search_name, golden, country, acquisition_source)
    select x.id, x.kind, x.display_name, x.search_name, x.golden, x.country, x.acquisition_source
      from jsonb_to_recordset(${JSON.stringify(
        clients.map((client) => ({
          id: client.id,
          kind: client.kind,
          display_name: client.displayName,
          search_name: client.searchName,
          golden: client.golden,
          country: client.country,
          acquisition_source: client.acquisitionSource,
        })),
      )}::jsonb) as x(id uuid, kind text, display_name text, search_name text, golden jsonb, country text, acquisition_source text)
    on conflict (id) do update
       set display_name = excluded.display_name, search_name = excluded.search_name, golden = excluded.golden,
           country = excluded.country, acquisition_source = excluded.acquisition_source, updated_at = now()`,
    ),
  );
}

async function saveProvenance(tx: Db, clients: readonly ClientToSave[]): Promise<void> {
  await tx.query(
    prepared(
      'clients-golden-fields',
      sql`
    insert into golden_field (client_id, field, source_record_id, linked_system_id, rule, at, losing)
    select x.client_id, x.field, x.record_id, x.system_id, x.rule, x.at, x.losing
      from jsonb_to_recordset(${JSON.stringify(
        clients.flatMap(({ id, provenance }) =>
          provenance.map((origin) => ({
            client_id: id,
            field: origin.field,
            record_id: origin.sourceRecordId,
            system_id: origin.linkedSystemId,
            rule: origin.rule,
            at: origin.at,
            losing: origin.losing,
          })),
        ),
      )}::jsonb) as x(client_id uuid, field text, record_id bigint, system_id text, rule text, at timestamptz, losing jsonb)`,
    ),
  );
}

async function forgetProvenance(tx: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0)
    await tx.query(
      prepared('clients-drop-golden-fields', sql`delete from golden_field where client_id = any(${[...ids]}::uuid[])`),
    );
}
