import type { Catalog } from '../domain/metrics/catalog.ts';
import type { KeyRing } from '../platform/keys.ts';
import { ageBand } from './age-band.ts';
import type { Analytics } from './clickhouse.ts';
import { coarseBy, dimensionFrom } from './coarse.ts';
import { heldMonths, takeOut } from './held-rows.ts';
import { dateColumn, flagColumn, int32Column, int64Column, textColumn, uuidColumn, versionColumn } from './native-block.ts';
import { pseudonymAt, pseudonymsAt, pseudonymsOf } from './pseudonym.ts';
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

const never = '2149-06-01';

const nowhere: readonly string[] = [];

/** The rows of a batch, column by column: which record, in which month, and whether it is there no longer. */
interface EventRows {
  readonly records: readonly ProjectedRecord[];
  /** Of the record in its batch. */
  readonly places: readonly number[];
  readonly months: readonly string[];
  readonly deleted: Uint8Array;
}

/** An event that moved to another month leaves the one it was in. */
function rowsOf(batch: readonly ProjectedRecord[], heldIn: (place: number) => readonly string[]): EventRows {
  const [records, places, months, deleted]: [ProjectedRecord[], number[], string[], number[]] = [[], [], [], []];
  const add = (record: ProjectedRecord, place: number, month: string, gone: boolean): void => {
    records.push(record);
    places.push(place);
    months.push(month);
    deleted.push(gone ? 1 : 0);
  };
  batch.forEach((record, place) => {
    const { projectedMonth, month, clientId } = record;
    const held = heldIn(place);
    if (projectedMonth !== null || held.length > 0) {
      const left = new Set(held);
      if (projectedMonth !== null) left.add(projectedMonth);
      if (clientId !== null) left.delete(month);
      for (const one of left) add(record, place, one, true);
    }
    if (clientId !== null) add(record, place, month, false);
  });
  return { records, places, months, deleted: Uint8Array.from(deleted) };
}

/** The clients of the rows, each once, and which one each row is of; -1 for a row that takes an event out. */
function clientsOf({ records, deleted }: EventRows) {
  const known = new Map<string, number>();
  const places = records.map(({ clientId }, row) => {
    if (deleted[row] === 1 || clientId === null) return -1;
    const place = known.get(clientId) ?? known.size;
    if (place === known.size) known.set(clientId, place);
    return place;
  });
  return { ids: [...known.keys()], places };
}

/**
 * Writes events under keyed pseudonyms. Safe to repeat: a batch that was sent twice is dropped by its token, and of two versions of
 * one event the newer stays.
 */
export async function projectRecords(
  analytics: Analytics,
  keys: KeyRing,
  catalog: Catalog,
  batch: readonly ProjectedRecord[],
  { epoch, version, unsure }: ProjectionStamp,
): Promise<void> {
  const table = tableOf('client_event', epoch);
  const ids = batch.map(({ sourceRecordId }) => sourceRecordId);
  const events = pseudonymsOf(keys, epoch, 'event', ids);
  const eventAt = (place: number): string => pseudonymAt(events, place);
  const held = unsure
    ? await heldMonths(
        analytics,
        table,
        batch.map((_, place) => eventAt(place)),
      )
    : undefined;
  const rows = rowsOf(batch, (place) => held?.get(eventAt(place)) ?? nowhere);
  const { records, places, months, deleted } = rows;
  const clients = clientsOf(rows);
  const channel = coarseBy(catalog, 'event-channel');
  await analytics.insert(
    table,
    [
      uuidColumn('event', pseudonymsAt(events, places)),
      uuidColumn('client', pseudonymsAt(pseudonymsOf(keys, epoch, 'client', clients.ids), clients.places)),
      textColumn('linked_system', records, ({ linkedSystemId }) => linkedSystemId),
      textColumn('kind', records, ({ kind }) => kind),
      dateColumn('month', months, (month) => month),
      textColumn('channel', records, (record) => channel(record.channel)),
      int64Column('amount_cents', records, ({ amountCents }) => amountCents ?? '0'),
      textColumn('currency', records, ({ currency }) => currency ?? ''),
      int32Column('response_minutes', records, ({ responseMinutes }) => responseMinutes ?? -1),
      versionColumn('version', version, records.length),
      flagColumn('is_deleted', deleted),
    ],
    `${table}:${version}`,
  );
  const gone = places.flatMap((place, row) => (deleted[row] === 1 ? [{ key: eventAt(place), month: months[row] ?? '' }] : []));
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
  const pseudonyms = pseudonymsOf(keys, epoch, 'client', ids);
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
      flagColumn('is_deleted', Uint8Array.from(clients.map(({ counted }) => (counted ? 0 : 1)))),
    ],
    `${table}:${version}`,
  );
  const gone = clients.flatMap(({ counted }, place) => (counted ? [] : [{ key: pseudonymAt(pseudonyms, place) }]));
  await takeOut(analytics, table, 'client', gone);
}
