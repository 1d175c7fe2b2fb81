import { beyond, type Catalog, valueOf } from '../domain/metrics/catalog.ts';
import type { KeyRing } from '../platform/keys.ts';
import type { MetricDimension } from '../schemas/types.ts';
import { ageBand } from './age-band.ts';
import type { Analytics } from './clickhouse.ts';
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

const nobody = '00000000-0000-0000-0000-000000000000';
const never = '2149-06-01';

/** Keyed by epoch: after a rebuild nobody can be followed from the old tables, or a copy of them, into the new. */
const pseudonymIn =
  (keys: KeyRing, epoch: number) =>
  (kind: 'event' | 'client', id: string): string => {
    const hex = keys.mac('pseudonym', `${epoch}:${kind}:${id}`).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
  };

const dimensionFrom = (catalog: Catalog, from: MetricDimension['from']): MetricDimension | undefined =>
  [...catalog.dimensions.values()].find((dimension) => dimension.from === from);

/** Works each text out once: a batch is full of the same clients and channels. */
const once = (work: (text: string) => string): ((text: string) => string) => {
  const known = new Map<string, string>();
  return (text) => {
    const value = known.get(text) ?? work(text);
    known.set(text, value);
    return value;
  };
};

/** How one batch maps what sources say onto a declared domain. */
const coarseBy = (catalog: Catalog, from: MetricDimension['from']): ((said: string | null) => string) => {
  const dimension = dimensionFrom(catalog, from);
  const value = once((said) => (dimension === undefined ? beyond.unknown : valueOf(dimension, said)));
  return (said) => (said === null ? beyond.unknown : value(said));
};

/** Most rows named in one statement; ClickHouse reads at most 256 KiB of one. */
const namedAtOnce = 2_500;

/** Takes rows out for good, not only out of sight: an erased client leaves no pseudonym behind. @param keys as SQL literals */
async function remove(analytics: Analytics, table: string, columns: string, keys: readonly string[]): Promise<void> {
  for (let from = 0; from < keys.length; from += namedAtOnce) {
    const list = keys.slice(from, from + namedAtOnce).join(',');
    await analytics.command(`alter table ${table} delete where ${columns} in (${list}) settings mutations_sync = 2`);
  }
}

/** Months in which ClickHouse holds these events, by pseudonym. */
async function heldMonths(
  analytics: Analytics,
  table: string,
  events: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const months = new Map<string, string[]>();
  for (let from = 0; from < events.length; from += namedAtOnce) {
    const rows = await analytics.query<{ readonly event: string; readonly month: string }>(
      `select distinct toString(event) as event, toString(month) as month from ${table} where event in ({events: Array(UUID)})`,
      { events: events.slice(from, from + namedAtOnce) },
      60,
    );
    for (const { event, month } of rows) months.set(event, [...(months.get(event) ?? []), month]);
  }
  return months;
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
  const pseudonym = pseudonymIn(keys, epoch);
  const client = once((id) => pseudonym('client', id));
  const channel = coarseBy(catalog, 'event-channel');
  const row = (record: ProjectedRecord, event: string, month: string, isDeleted: 0 | 1) => ({
    event,
    client: isDeleted === 1 || record.clientId === null ? nobody : client(record.clientId),
    linked_system: record.linkedSystemId,
    kind: record.kind,
    month,
    channel: channel(record.channel),
    amount_cents: record.amountCents ?? '0',
    currency: record.currency ?? '',
    response_minutes: record.responseMinutes ?? -1,
    version,
    is_deleted: isDeleted,
  });
  const table = tableOf('client_event', epoch);
  const events = records.map(({ sourceRecordId }) => pseudonym('event', sourceRecordId));
  const held = unsure ? await heldMonths(analytics, table, events) : new Map<string, readonly string[]>();
  const rows = records.flatMap((record, place) => {
    const event = events[place] ?? '';
    const { projectedMonth, month, clientId } = record;
    const known = new Set(held.get(event));
    if (projectedMonth !== null) known.add(projectedMonth);
    const left = [...known].filter((one) => clientId === null || one !== month).map((one) => row(record, event, one, 1));
    return clientId === null ? left : [...left, row(record, event, month, 0)];
  });
  await analytics.insert(table, rows, `${table}:${version}`);
  const gone = rows.filter(({ is_deleted }) => is_deleted === 1);
  await remove(
    analytics,
    table,
    '(month, event)',
    gone.map(({ month, event }) => `('${month}','${event}')`),
  );
}

/** Writes clients under keyed pseudonyms by coarse dimensions; those that may not be counted leave. Safe to repeat, as above. */
export async function projectClients(
  analytics: Analytics,
  keys: KeyRing,
  catalog: Catalog,
  clients: readonly ProjectedClient[],
  { epoch, version, today }: ProjectionStamp,
): Promise<void> {
  const pseudonym = pseudonymIn(keys, epoch);
  const country = coarseBy(catalog, 'client-country');
  const sector = coarseBy(catalog, 'client-sector');
  const source = coarseBy(catalog, 'client-acquisition-source');
  const ages = dimensionFrom(catalog, 'client-age');
  const age = coarseBy(catalog, 'client-age');
  const rows = clients.map((client) => ({
    client: pseudonym('client', client.clientId),
    since: client.since,
    country: country(client.country),
    sector: sector(client.sector),
    source: source(client.acquisitionSource),
    age_band: age(ageBand(client.birthDate, today, ages)),
    consent_since: client.consentSince ?? never,
    opted_out_since: client.optedOutSince ?? never,
    version,
    is_deleted: client.counted ? 0 : 1,
  }));
  const table = tableOf('client_profile', epoch);
  await analytics.insert(table, rows, `${table}:${version}`);
  const gone = rows.filter(({ is_deleted }) => is_deleted === 1).map(({ client }) => client);
  await remove(
    analytics,
    table,
    'client',
    gone.map((client) => `'${client}'`),
  );
}
