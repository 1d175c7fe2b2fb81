import { createServer, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type Connection, fileInserts, plainConnection } from '../../analytics/chdb-connection.ts';

/**
 * A ClickHouse server as far as Ficha asks one: HTTP over the embedded engine, in a process of its own, as no current server binary is on
 * any package registry. The engine, its SQL, errors, settings and deduplication are ClickHouse's; users, quotas and sessions are not here.
 * @see https://clickhouse.com/docs/interfaces/http
 */
const folder = process.env['CLICKHOUSE_FOLDER'] ?? '';
const lanesOf = (count: number, connect: (folder: string) => Connection) =>
  Array.from({ length: count }, () => ({ connection: connect(folder), busy: 0 }));
/** A session that once read with `readonly` stays so: reads and writes have sessions of their own. */
const [readers, writers] = [lanesOf(3, plainConnection), lanesOf(1, fileInserts)];

/** What an address carries besides settings of the engine. */
const ofHttp = new Set(['query', 'query_id', 'database', 'default_format', 'enable_http_compression', 'session_id', 'role']);
const ofProgress = /^(send_progress_in_http_headers|http_headers_progress_interval_ms|wait_end_of_query)$/;

/** Text of a parameter in HTTP is escaped as in TSV; the engine's own binding takes it as it is. */
const unescaped = (value: string): string =>
  value.replaceAll(/\\(.)/g, (_all, letter: string) => ({ n: '\n', t: '\t', r: '\r' })[letter] ?? letter);

async function answer(request: IncomingMessage): Promise<Buffer> {
  const { searchParams } = new URL(request.url ?? '/', 'http://server');
  const given = [...searchParams];
  const bound = given.flatMap(([name, value]) => (name.startsWith('param_') ? [[name.slice(6), unescaped(value)] as const] : []));
  const settings = given.filter(([name]) => !name.startsWith('param_') && !ofHttp.has(name) && !ofProgress.test(name));
  const body = await buffer(request); // rows are bytes, which are no text
  const inAddress = searchParams.get('query');
  const lanes = searchParams.has('readonly') ? readers : writers;
  const lane = lanes.reduce((best, one) => (one.busy < best.busy ? one : best));
  lane.busy += 1;
  try {
    const { stream } = await lane.connection.exec({
      query: inAddress ?? body.toString(),
      ...(inAddress === null || body.length === 0 ? {} : { values: Readable.from([body]) }),
      query_params: Object.fromEntries(bound),
      clickhouse_settings: Object.fromEntries(settings),
    });
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array)); // bytes, as the engine wrote them
    return Buffer.concat(chunks);
  } finally {
    lane.busy -= 1;
  }
}

const server = createServer((request, response) => {
  answer(request).then(
    (body) => response.writeHead(200, { 'x-clickhouse-format': 'JSONEachRow' }).end(body),
    (error: Error) => response.writeHead(500).end(error.message),
  );
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});
