import type { Catalog } from '../domain/metrics/catalog.ts';
import type { KeyRing } from '../platform/keys.ts';
import { ageBand } from './age-band.ts';
import type { Analytics } from './clickhouse.ts';
import { coarseBy, dimensionFrom } from './coarse.ts';
import { eventRows, int32sAt, int64sAt, type ProjectedRecords } from './event-rows.ts';
import { heldMonths, takeOut, type Versions } from './held-rows.ts';
import { type Column, dateColumn, numberColumn, textColumn, uuidColumn, versionColumn } from './native-block.ts';
import { clientBlocks, eventBlocks, pseudonymAt, pseudonymBytes, pseudonymsAt, pseudonymsOf } from './pseudonym.ts';
import { tableOf } from './tables.ts';

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
  /** Of batches that may have been killed: ask ClickHouse in which months it holds these events under them, for nobody noted it. */
  readonly unsure: readonly Versions[];
}

const never = '2149-06-01';

const dayMs = 86_400_000;

const dayText = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

/** Months in which ClickHouse holds these events under these versions, in days since 1970, by place. */
async function heldDays(
  analytics: Analytics,
  table: string,
  events: Buffer,
  versions: readonly Versions[],
): Promise<(place: number) => readonly number[]> {
  const rows = events.length / pseudonymBytes;
  const held = await heldMonths(
    analytics,
    table,
    Array.from({ length: rows }, (_, place) => pseudonymAt(events, place)),
    versions,
  );
  return (place) => (held.get(pseudonymAt(events, place)) ?? []).map((month) => Date.parse(`${month}T00:00:00Z`) / dayMs);
}

/**
 * Writes events under keyed pseudonyms. Safe to repeat: a batch that was sent twice is dropped by its token, and of two versions of
 * one event the newer stays.
 */
export async function projectRecords(
  analytics: Analytics,
  keys: KeyRing,
  catalog: Catalog,
  batch: ProjectedRecords,
  { epoch, version, unsure }: ProjectionStamp,
): Promise<void> {
  const table = tableOf('client_event', epoch);
  const events = pseudonymsOf(keys, epoch, 'event', eventBlocks(batch.ids));
  const { places, months, deleted } = eventRows(
    batch,
    unsure.length > 0 ? await heldDays(analytics, table, events, unsure) : undefined,
  );
  const clients = pseudonymsAt(pseudonymsOf(keys, epoch, 'client', batch.clients), places);
  const channel = coarseBy(catalog, 'event-channel');
  deleted.forEach((gone, row) => {
    if (gone === 1) clients.fill(0, row * pseudonymBytes, (row + 1) * pseudonymBytes);
  });
  const texts = (name: string, column: readonly string[], told = (text: string): string => text): Column =>
    textColumn(name, places, (place) => told(column[place] ?? ''));
  await analytics.insert(
    table,
    [
      uuidColumn('event', pseudonymsAt(events, places)),
      uuidColumn('client', clients),
      texts('linked_system', batch.linkedSystems),
      texts('kind', batch.kinds),
      numberColumn('month', months),
      texts('channel', batch.channels, (said) => channel(said === '' ? null : said)),
      numberColumn('amount_cents', int64sAt(batch.amountCents, places)),
      texts('currency', batch.currencies),
      numberColumn('response_minutes', int32sAt(batch.responseMinutes, places)),
      versionColumn('version', version, places.length),
      numberColumn('is_deleted', deleted),
    ],
    `${table}:${version}`,
  );
  const gone = [...places].flatMap((place, row) =>
    deleted[row] === 1 ? [{ key: pseudonymAt(events, place), month: dayText(months[row] ?? 0) }] : [],
  );
  await takeOut(analytics, table, 'event', gone);
}

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
  const ids = clients.map(({ clientId }) => clientId);
  const pseudonyms = pseudonymsOf(keys, epoch, 'client', clientBlocks(ids));
  const table = tableOf('client_profile', epoch);
  await analytics.insert(
    table,
    [
      uuidColumn('client', pseudonyms),
      dateColumn('since', clients, ({ since }) => since),
      textColumn('country', clients, (client) => country(client.country)),
      textColumn('sector', clients, (client) => sector(client.sector)),
      textColumn('source', clients, ({ acquisitionSource }) => source(acquisitionSource)),
      textColumn('age_band', clients, ({ birthDate }) => age(ageBand(birthDate, today, ages))),
      dateColumn('consent_since', clients, ({ consentSince }) => consentSince ?? never),
      dateColumn('opted_out_since', clients, ({ optedOutSince }) => optedOutSince ?? never),
      versionColumn('version', version, clients.length),
      numberColumn('is_deleted', Uint8Array.from(clients.map(({ counted }) => (counted ? 0 : 1)))),
    ],
    `${table}:${version}`,
  );
  const gone = clients.flatMap(({ counted }, place) => (counted ? [] : [{ key: pseudonymAt(pseudonyms, place) }]));
  await takeOut(analytics, table, 'client', gone);
}
