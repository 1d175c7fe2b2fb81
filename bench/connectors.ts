import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, sql } from '../store/database.ts';
import { roleUrl } from '../store/roles.ts';
import { layTombstones } from '../store/write/tombstones.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { type ManyPeople, startManyPeople } from '../test/support/many-people.ts';
import { startSharedPostgres } from '../test/support/shared-postgres.ts';
import type { Figure } from './figure.ts';
import { type Peer, singerPeer } from './peer-singer.ts';
import { type Pulled, pullInProcess } from './pull-in-process.ts';

type Say = (line: string) => void;

const pageSize = 500;

/** The three pulls into PostgreSQL: of an empty store, again, and of an empty store while somebody is erased, so that every record is hashed. */
async function intoPostgres(
  vendor: ManyPeople,
): Promise<{ readonly first: Pulled; readonly again: Pulled; readonly guarded: Pulled }> {
  const keys = testKeyRing();
  const postgres = await startSharedPostgres();
  const ownerUrl = postgres.facts['ownerUrl'] ?? '';
  const owner = openDatabase(ownerUrl, { max: 2 });
  const url = roleUrl(ownerUrl, 'ficha_worker', keys);
  const pull = (place: number) => pullInProcess(vendor.url, pageSize, url, `0193a000-0000-7000-8000-00000000000${place}`);
  try {
    await owner.query(sql`insert into linked_system (id, connector, title) values ('bench', 'bench', 'Bench')`);
    const first = await pull(0);
    const again = await pull(1);
    await owner.query(sql`truncate source_record, resolution_queue cascade`);
    const { rows } = await owner.query<{ readonly id: string }>(sql`
      insert into privacy_request (type, opened_by, received_at, due_at) values ('erasure', 'bench', now(), now()) returning id`);
    const stone = { kind: 'record', hash: keys.mac('tombstone', 'of nobody here') };
    await owner.transaction((tx) => layTombstones(tx, rows[0]?.id ?? '', [stone], new Date()));
    return { first, again, guarded: await pull(2) };
  } finally {
    await owner.end();
    await postgres.stop();
  }
}

const rate = ({ records, seconds }: Pick<Pulled, 'records' | 'seconds'>): number => Math.round(records / seconds);

function figuresOf(name: string, pulled: Pulled, peer: Peer | undefined): readonly Figure[] {
  const bare = { peer: null, ratio: null };
  const against = peer === undefined ? bare : { peer: peer.name, ratio: Number((rate(pulled) / rate(peer)).toFixed(2)) };
  return [
    { name, value: rate(pulled), unit: 'records/s', ...against },
    {
      name: `${name}: processor time of the worker`,
      value: Math.round((pulled.cpuSeconds / pulled.records) * 1e6),
      unit: 'µs/record',
      ...bare,
    },
    { name: `${name}: largest memory of the worker`, value: Math.round(pulled.peakMegabytes), unit: 'MB', ...bare },
  ];
}

/**
 * Pulls from a loopback vendor as the sync does: fetch, map, validate, hash, tombstone check, write, position. The worker, the vendor and
 * PostgreSQL are processes of their own; the peer reads the same vendor and writes nothing.
 */
export async function benchConnectors(say: Say, records = 100_000): Promise<readonly Figure[]> {
  say(`connectors: ${records} records of about 1 KB, ${pageSize} a page, Node ${process.version}, PostgreSQL without fsync`);
  const folder = mkdtempSync(join(tmpdir(), 'ficha-bench-'));
  const vendor = await startManyPeople(records);
  try {
    const ndjson = await pullInProcess(vendor.url, pageSize, join(folder, 'people.ndjson'));
    const { first, again, guarded } = await intoPostgres(vendor);
    const peer = singerPeer(say, vendor.url, pageSize, folder);
    for (const { records: pulled } of [ndjson, first, again, guarded]) {
      if (pulled !== records) throw new Error(`${pulled} of ${records} records came: the figures would be of another job`);
    }
    return [
      ...figuresOf('pull to NDJSON', ndjson, peer),
      ...figuresOf('pull into PostgreSQL, first time', first, peer),
      ...figuresOf('pull into PostgreSQL, first time, with tombstones', guarded, peer),
      ...figuresOf('pull into PostgreSQL again, nothing changed', again, peer),
      ...(peer === undefined
        ? []
        : [{ name: `${peer.name} to standard output`, value: rate(peer), unit: 'records/s', peer: null, ratio: null }]),
    ];
  } finally {
    vendor.stop();
    rmSync(folder, { recursive: true });
  }
}
