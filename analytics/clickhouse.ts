import { mkdirSync } from 'node:fs';
import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { FichaError } from '../domain/record/error.ts';
import type { ClickHouseSettings } from '../platform/settings.ts';
import { type Connection, fileInserts, plainConnection } from './chdb-connection.ts';
import { type Column, nativeBlock } from './native-block.ts';

/** ClickHouse as Ficha uses it: the same calls on the embedded engine and on a server. Holds pseudonyms only. */
export interface Analytics {
  /** Runs a statement that answers nothing, such as DDL. */
  command(statement: string): Promise<void>;
  /**
   * Rows of one bound query, which cannot write; 64-bit integers come as text. Reads have sessions of their own: no write delays them.
   * At most 10 seconds, where no other limit is given.
   */
  query<Row>(query: string, params?: Readonly<Record<string, unknown>>, seconds?: number): Promise<Row[]>;
  /** One block of rows; none where it has none. The same token twice writes once. */
  insert(table: string, columns: readonly Column[], token: string): Promise<void>;
  close(): Promise<void>;
}

/** Which engine to open: a server by its address, or the embedded one over a folder that this process alone owns. */
export type AnalyticsSource = ClickHouseSettings & { readonly folder: string };

const readSessions = 3;
const readSeconds = 10;
const writeSeconds = 300;

/** Gives each piece of work to the client that is least busy: one chdb session runs one query at a time. */
const leastBusy = (clients: readonly ClickHouseClient[]) => {
  const lanes = clients.map((client) => ({ client, busy: 0 }));
  return async <T>(work: (client: ClickHouseClient) => Promise<T>): Promise<T> => {
    const lane = lanes.reduce((best, one) => (one.busy < best.busy ? one : best));
    lane.busy += 1;
    try {
      return await work(lane.client);
    } finally {
      lane.busy -= 1;
    }
  };
};

const onServer = (source: AnalyticsSource, url: string): ClickHouseClient =>
  createClient({
    url,
    username: source.user,
    password: source.password ?? '',
    database: source.database,
    request_timeout: writeSeconds * 1000,
    // a header now and then keeps a long query's connection from being taken for dead
    clickhouse_settings: { send_progress_in_http_headers: 1, http_headers_progress_interval_ms: '20000' },
    // it would write to the console; what goes wrong is thrown
    log: { level: ClickHouseLogLevel.OFF },
  });

const embedded = (folder: string, connect: (folder: string) => Connection): ClickHouseClient => {
  try {
    mkdirSync(folder, { recursive: true });
    return createClient({ connection: connect(folder), log: { level: ClickHouseLogLevel.OFF } });
  } catch (cause) {
    throw new FichaError(
      'clickhouse-folder-in-use',
      `the embedded ClickHouse in ${folder} does not open: another process of Ficha holds it. Stop that one, or set CLICKHOUSE_URL`,
      { cause },
    );
  }
};

/**
 * Opens ClickHouse. Every query carries `max_execution_time`, so that none holds its session for ever.
 * @throws FichaError `clickhouse-folder-in-use` when another process owns the embedded folder
 */
export function openAnalytics(source: AnalyticsSource): Analytics {
  const { url, folder } = source;
  const writer = url === undefined ? embedded(folder, fileInserts) : onServer(source, url);
  const readers = Array.from({ length: url === undefined ? readSessions : 1 }, () =>
    url === undefined ? embedded(folder, plainConnection) : onServer(source, url),
  );
  const read = leastBusy(readers);
  return {
    command: async (query) => {
      await writer.command({ query, clickhouse_settings: { max_execution_time: writeSeconds } });
    },
    query: <Row>(query: string, params: Readonly<Record<string, unknown>> = {}, seconds: number = readSeconds) =>
      read(async (client) => {
        const answer = await client.query({
          query,
          query_params: { ...params },
          format: 'JSONEachRow',
          clickhouse_settings: { readonly: '2', max_execution_time: seconds, output_format_json_quote_64bit_integers: 1 },
        });
        return await answer.json<Row>();
      }),
    insert: async (table, columns, token) => {
      if (!columns.some(({ rows }) => rows > 0)) return;
      const { stream } = await writer.exec({
        query: `INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')}) FORMAT Native`,
        values: Readable.from([nativeBlock(columns)], { objectMode: false }),
        clickhouse_settings: {
          insert_deduplication_token: token,
          max_execution_time: writeSeconds,
          // a batch holds no two versions of a row that would have to be sought in it
          optimize_on_insert: 0,
          // a batch may reach back over more months than ClickHouse takes at once by itself
          max_partitions_per_insert_block: '0',
        },
      });
      stream.destroy(); // an insert answers nothing
    },
    close: async () => {
      await Promise.allSettled([writer, ...readers].map((one) => one.close()));
    },
  };
}
