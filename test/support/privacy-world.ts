import { Writable } from 'node:stream';
import type { Deps } from '../../activities/deps.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { RecordKind } from '../../domain/record/source-record.ts';
import { createLog } from '../../platform/log.ts';
import { type Db, sql } from '../../store/database.ts';
import { type NewRequest, openRequest } from '../../store/write/privacy-openings.ts';
import { testKeyRing } from './keys.ts';
import type { TestDatabase } from './postgres.ts';
import type { HeldRecord } from './small-system.ts';
import type { Openable } from './system-over-http.ts';

/** A person as the tests know them. */
export interface Somebody {
  readonly given: string;
  readonly family: string;
  readonly email: string;
  readonly phone: string;
}

export const personIn = (externalId: string, { given, family, email, phone }: Somebody): HeldRecord => ({
  kind: 'person',
  externalId,
  identifiers: [
    { kind: 'email', value: email },
    { kind: 'phone', value: phone },
  ],
  fields: { name: `${given} ${family}`, email, phone },
});

export const ownedIn = (kind: RecordKind, externalId: string, fields: Readonly<Record<string, unknown>>): HeldRecord => ({
  kind,
  externalId,
  identifiers: [],
  fields,
});

export async function linkSystem(db: Db, systemId: string): Promise<void> {
  await db.query(sql`insert into linked_system (id, connector, title) values (${systemId}, 'small', ${systemId.toUpperCase()})`);
}

export async function clientOf(db: Db, who: Somebody): Promise<string> {
  const name = `${who.given} ${who.family}`;
  const { rows } = await db.query<{ id: string }>(sql`
    insert into client (kind, display_name, search_name, golden, country)
    values ('person', ${name}, ${name.toLowerCase()}, ${JSON.stringify(who)}, 'ES') returning id`);
  return rows[0]?.id ?? '';
}

/** Stores one record as a sync and the resolution after it would. */
export async function storePerson(
  db: Db,
  clientId: string | null,
  systemId: string,
  externalId: string,
  who: Somebody,
): Promise<void> {
  const canonical = { givenName: who.given, familyName: who.family, emails: [who.email], phones: [who.phone] };
  const { rows } = await db.query<{ id: string }>(sql`
    insert into source_record (linked_system_id, stream, kind, external_id, raw, canonical, content_hash, seen_run_id, client_id)
    values (${systemId}, 'all', 'person', ${externalId}, ${JSON.stringify(who)}, ${JSON.stringify(canonical)}, '\\x00', uuidv7(), ${clientId})
    returning id`);
  if (clientId === null) return;
  for (const [kind, value] of [
    ['email', who.email],
    ['phone', who.phone],
    ['external-id', `${systemId}:${externalId}`],
  ]) {
    await db.query(sql`
      insert into client_identifier (kind, value, client_id, source_record_id) values (${kind}, ${value}, ${clientId}, ${rows[0]?.id})`);
  }
}

export interface OwnedRecord {
  readonly systemId: string;
  readonly kind: 'sale' | 'interaction';
  readonly externalId: string;
  readonly ownerId: string;
  readonly canonical: Readonly<Record<string, unknown>>;
}

export async function storeOwned(
  db: Db,
  clientId: string,
  { systemId, kind, externalId, ownerId, canonical }: OwnedRecord,
): Promise<void> {
  const json = JSON.stringify(canonical);
  const { rows } = await db.query<{ id: string }>(sql`
    insert into source_record (linked_system_id, stream, kind, external_id, raw, canonical, content_hash, seen_run_id, client_external_id, client_id)
    values (${systemId}, 'all', ${kind}, ${externalId}, ${json}, ${json}, '\\x00', uuidv7(), ${ownerId}, ${clientId}) returning id`);
  const id = rows[0]?.id;
  if (kind === 'sale') {
    await db.query(sql`
      insert into sale (source_record_id, linked_system_id, client_id, sale_kind, at, amount_cents, currency)
      values (${id}, ${systemId}, ${clientId}, ${String(canonical['saleKind'])}, ${String(canonical['at'])}, 100, 'EUR')`);
    return;
  }
  await db.query(sql`
    insert into interaction (source_record_id, linked_system_id, client_id, interaction_kind, at, subject)
    values (${id}, ${systemId}, ${clientId}, 'ticket', ${String(canonical['at'])}, ${String(canonical['subject'])})`);
}

/** What the worker of a test is built from. */
export function privacyDeps(
  database: TestDatabase,
  systems: readonly Openable[],
  privacyPolicies: NonNullable<Deps['privacyPolicies']> = {},
  now: Deps['now'] = () => new Date(),
): Deps {
  const unused = new FichaError('not-in-this-test', 'privacy work needs no analytics');
  return {
    db: database.worker,
    keys: testKeyRing(),
    now,
    openSystem: (systemId) => {
      const system = systems.find((one) => one.systemId === systemId);
      return system === undefined
        ? Promise.reject(new FichaError('unknown-system', `there is no linked system ${systemId}`))
        : Promise.resolve(system.open());
    },
    log: createLog({}, new Writable({ write: (_chunk, _encoding, done) => done() })),
    privacyPolicies,
    get analytics(): Deps['analytics'] {
      throw unused;
    },
  };
}

export const openErasure = (
  database: TestDatabase,
  clientId: string,
  type: NewRequest['type'] = 'erasure',
  at = new Date(),
  more: Pick<NewRequest, 'anonymise' | 'identity' | 'scope' | 'changes'> = {},
) =>
  database.worker.transaction((tx) =>
    openRequest(tx, testKeyRing(), { type, clientId, openedBy: 'dpo-1', at, country: 'ES', ...more }),
  );
