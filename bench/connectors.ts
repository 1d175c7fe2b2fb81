import { Worker } from 'node:worker_threads';
import { storePage } from '../activities/sync/page.ts';
import { readAhead } from '../activities/sync/read-ahead.ts';
import { connectorOf } from '../connectors/kit/connector.ts';
import { parseManifest } from '../connectors/kit/manifest.ts';
import { openDatabase, sql } from '../store/database.ts';
import { roleUrl } from '../store/roles.ts';
import { startSyncRun } from '../store/write/sync-runs.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { startSharedPostgres } from '../test/support/shared-postgres.ts';
import type { Figure } from './figure.ts';

const records = 100_000;
const pageSize = 500;

const manifest = `
name: bench
title: Bench
version: 1
vendor: { docs: https://example.test }
config: { type: object, properties: { url: { type: string } } }
server: { url: '{config.url}' }
entities:
  person:
    list: { request: GET /people, query: { limit: '{page.size}', offset: '{page.offset}' }, page: { kind: offset, size: ${pageSize} }, select: data, cursor: { field: updated_at } }
    id: id
    changedAt: updated_at
    map: { givenName: first_name, familyName: last_name, emails: [email], phones: [mobile, phone], birthDate: { from: born, as: date }, addresses: { each: addresses, map: { city: town, country: country } } }
`;

/** A vendor on another thread: 100,000 people of about 1 KB, by offset. */
const vendor = `
const { createServer } = require('node:http');
const { parentPort } = require('node:worker_threads');
const person = (i) => ({ id: i, first_name: 'Ana ' + i, last_name: 'Ruiz ' + (i % 977), email: 'ana.' + i + '@example.test', mobile: '+34600' + String(i).padStart(6, '0'),
  born: '1980-02-01', updated_at: new Date(1.7e12 + i).toISOString(), addresses: [{ town: 'Madrid', country: 'ES' }], padding: 'x'.repeat(700) });
const server = createServer((request, response) => {
  const query = new URL(request.url, 'http://x').searchParams;
  const offset = Number(query.get('offset'));
  const count = Math.max(0, Math.min(Number(query.get('limit')), ${records} - offset));
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ data: Array.from({ length: count }, (_, i) => person(offset + i)) }));
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

/** Pulls from a loopback vendor into PostgreSQL as the sync does: fetch, map, validate, hash, tombstone check, write, position. */
export async function benchConnectors(say: (line: string) => void): Promise<readonly Figure[]> {
  say(`connectors: ${records} records of about 1 KB, ${pageSize} a page, Node ${process.version}, PostgreSQL without fsync`);
  const keys = testKeyRing();
  const postgres = await startSharedPostgres();
  const db = openDatabase(roleUrl(postgres.facts['ownerUrl'] ?? '', 'ficha_worker', keys), { max: 2 });
  const server = new Worker(vendor, { eval: true });
  try {
    const port = await new Promise<number>((resolve) => server.once('message', resolve));
    const now = (): Date => new Date();
    const context = {
      systemId: 'bench',
      config: { url: `http://127.0.0.1:${port}` },
      secret: () => '',
      signal: new AbortController().signal,
      now,
    };
    const system = connectorOf(parseManifest(manifest, 'bench')).open(context);
    await db.query(sql`insert into linked_system (id, connector, title) values ('bench', 'bench', 'Bench')`);
    const figures: Figure[] = [];
    let peakBytes = 0;
    for (const [place, name] of ['pull, first time', 'pull again, nothing changed'].entries()) {
      const runId = `0193a000-0000-7000-8000-00000000000${place}`;
      await startSyncRun(db, runId, 'bench', 'full');
      const began = performance.now();
      for await (const page of readAhead(system.pull('person', null))) {
        await db.transaction((tx) => storePage(tx, keys, { systemId: 'bench', runId, stream: 'person' }, page, now()));
        peakBytes = Math.max(peakBytes, process.memoryUsage().rss);
      }
      const seconds = (performance.now() - began) / 1_000;
      figures.push({ name, value: Math.round(records / seconds), unit: 'records/s', peer: null, ratio: null });
    }
    return [
      ...figures,
      { name: 'largest memory, the vendor included', value: Math.round(peakBytes / 1e6), unit: 'MB', peer: null, ratio: null },
    ];
  } finally {
    await server.terminate();
    await db.end();
    await postgres.stop();
  }
}
