import type { Catalog } from '../domain/metrics/catalog.ts';
import type { KeyRing } from '../platform/keys.ts';
import { ageBand } from './age-band.ts';
import { type Analytics, escaped } from './clickhouse.ts';
import { coarseBy, dimensionFrom, once } from './coarse.ts';
import { heldMonths, takeOut } from './held-rows.ts';
import { pseudonymsOf } from './pseudonym.ts';
import { tableOf } from './tables.ts';

/** A sale or an interaction as PostgreSQL holds it now; `clientId` null when it is gone, unresolved or may not be counted. */
export interface ProjectedRecord {
  readonly sourceRecordId: string;
  readonly clientId: string | null;
  readonly linkedSystemId: string;
  readonly kind: string;
  /** YYYY-MM-01 */
  readonly month: string;
  /** The month under which ClickHouse was noted to hold it, YYYY-MM-01. */
  readonly projectedMonth: string | null;
  readonly channel: string | null;
  readonly amountCents: string | null;
  readonly currency: string | null;
  /** From a client's message to the next answer; null when there was none, or it is no message of a client. */
  readonly responseMinutes: number | null;
}

/** A client as PostgreSQL holds it now; `counted` false when it is gone or may not be counted. */
export interface ProjectedClient {
  readonly clientId: string;
  readonly counted: boolean;
  /** YYYY-MM-01, as the other months here. */
  readonly since: string;
  readonly country: string | null;
  readonly sector: string | null;
  readonly acquisitionSource: string | null;
  readonly birthDate: string | null;
  readonly consentSince: string | null;
  readonly optedOutSince: string | null;
}

/** What a batch is written under: its epoch, and a version that grows from batch to batch. */
export interface ProjectionStamp {
  readonly epoch: number;
  readonly version: string;
  readonly today: Date;
  /** A batch before this one may have been killed: ask ClickHouse in which months it holds these events, whatever was noted. */
  readonly unsure: boolean;
}

const nobody = '0'.repeat(32);
const never = '2149-06-01';

const eventColumns = [
  'event',
  'client',
  'linked_system',
  'kind',
  'month',
  'channel',
  'amount_cents',
  'currency',
  'response_minutes',
  'version',
  'is_deleted',
] as const;

/** Pseudonyms of the clients of a batch, each made once. */
function clientsOf(keys: KeyRing, epoch: number, ids: readonly (string | null)[]): (id: string | null) => string {
  const clients = [...new Set(ids)].filter((id) => id !== null);
  const made = pseudonymsOf(keys, epoch, 'client', clients);
  const known = new Map(clients.map((id, place) => [id, made[place]]));
  return (id) => (id === null ? undefined : known.get(id)) ?? nobody;
}

/**
 * Writes events under keyed pseudonyms. Safe to repeat: a batch that was sent twice is dropped by its token, and of two versions of
 * one event the newer stays. An event that moved to another month leaves the one it was in.
 */
export async function projectRecords(
  analytics: Analytics,
  keys: KeyRing,
  catalog: Catalog,
  records: readonly ProjectedRecord[],
  { epoch, version, unsure }: ProjectionStamp,
): Promise<void> {
  const client = clientsOf(
    keys,
    epoch,
    records.map(({ clientId }) => clientId),
  );
  const channel = coarseBy(catalog, 'event-channel');
  const text = once(escaped);
  const line = (record: ProjectedRecord, event: string, month: string, clientId: string | null): string =>
    `${event}\t${client(clientId)}\t${text(record.linkedSystemId)}\t${text(record.kind)}\t${month}\t${channel(record.channel)}\t${record.amountCents ?? '0'}\t${text(record.currency ?? '')}\t${record.responseMinutes ?? -1}\t${version}\t${clientId === null ? 1 : 0}`;
  const table = tableOf('client_event', epoch);
  const events = pseudonymsOf(
    keys,
    epoch,
    'event',
    records.map(({ sourceRecordId }) => sourceRecordId),
  );
  const held = unsure ? await heldMonths(analytics, table, events) : new Map<string, readonly string[]>();
  const lines: string[] = [];
  const gone: string[] = [];
  for (const [place, record] of records.entries()) {
    const event = events[place] ?? '';
    const { projectedMonth, month, clientId } = record;
    if (projectedMonth !== null || held.has(event)) {
      const left = new Set(held.get(event));
      if (projectedMonth !== null) left.add(projectedMonth);
      if (clientId !== null) left.delete(month);
      for (const one of left) {
        lines.push(line(record, event, one, null));
        gone.push(`('${one}','${event}')`);
      }
    }
    if (clientId !== null) lines.push(line(record, event, month, clientId));
  }
  await analytics.insert(table, eventColumns, lines, `${table}:${version}`);
  await takeOut(analytics, table, '(month, event)', gone);
}

const profileColumns = [
  'client',
  'since',
  'country',
  'sector',
  'source',
  'age_band',
  'consent_since',
  'opted_out_since',
  'version',
  'is_deleted',
] as const;

/** Writes clients under keyed pseudonyms by coarse dimensions; those that may not be counted leave. Safe to repeat, as above. */
export async function projectClients(
  analytics: Analytics,
  keys: KeyRing,
  catalog: Catalog,
  clients: readonly ProjectedClient[],
  { epoch, version, today }: ProjectionStamp,
): Promise<void> {
  const country = coarseBy(catalog, 'client-country');
  const sector = coarseBy(catalog, 'client-sector');
  const source = coarseBy(catalog, 'client-acquisition-source');
  const ages = dimensionFrom(catalog, 'client-age');
  const age = coarseBy(catalog, 'client-age');
  const pseudonyms = pseudonymsOf(
    keys,
    epoch,
    'client',
    clients.map(({ clientId }) => clientId),
  );
  const lines = clients.map((client, place) =>
    [
      pseudonyms[place],
      client.since,
      country(client.country),
      sector(client.sector),
      source(client.acquisitionSource),
      age(ageBand(client.birthDate, today, ages)),
      client.consentSince ?? never,
      client.optedOutSince ?? never,
      version,
      client.counted ? 0 : 1,
    ].join('\t'),
  );
  const table = tableOf('client_profile', epoch);
  await analytics.insert(table, profileColumns, lines, `${table}:${version}`);
  const gone = clients.flatMap(({ counted }, place) => (counted ? [] : [`'${pseudonyms[place]}'`]));
  await takeOut(analytics, table, 'client', gone);
}
