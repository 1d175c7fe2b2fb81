import type { Client } from '@temporalio/client';
import type { Db } from '../store/database.ts';
import { sql } from '../store/database.ts';
import { privacyRequests } from '../store/read/privacy-requests.ts';
import { openRequest } from '../store/write/privacy-openings.ts';
import type { Database } from '../store/database.ts';
import { testKeyRing } from '../test/support/keys.ts';
import type { PrivacyBench } from '../test/support/privacy-bench.ts';
import type { Figure } from './figure.ts';

const closed = 100_000;
const waiting = 1_000;
const watchedMs = 20_000;
const rounds = 50;

const plain = (name: string, value: number, unit: string): Figure => ({ name, value, unit, peer: null, ratio: null });
const rounded = (value: number): number => Math.round(value * 10) / 10;

const p95 = async (work: () => Promise<unknown>): Promise<number> => {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(rounds * 0.95)] ?? 0;
};

/** How long the lists of requests take once a hundred thousand are closed and a few open. */
export async function benchClosedRequests(db: Db): Promise<readonly Figure[]> {
  await db.query(sql`
    insert into privacy_request (type, state, outcome, client_id, opened_by, received_at, due_at, closed_at, identity_proven_at)
    select 'access', 'closed', 'complete', uuidv7(), 'bench', now() - n * interval '1 minute', now(), now(), now()
      from generate_series(1, ${closed}::int) n`);
  await db.query(sql`analyze privacy_request`);
  const { rows } = await db.query<{ id: string }>(sql`select id from privacy_request order by id offset ${closed / 2} limit 1`);
  const list = (only: { readonly open?: boolean; readonly past?: string | undefined }) =>
    privacyRequests(db, { open: only.open ?? false, past: only.past, order: 'newest' }, 100);
  return [
    plain(`list of requests, ${closed} closed, p95`, rounded(await p95(() => list({}))), 'ms'),
    plain('a page in the middle of them, p95', rounded(await p95(() => list({ past: rows[0]?.id }))), 'ms'),
    plain('the open ones among them, p95', rounded(await p95(() => list({ open: true }))), 'ms'),
  ];
}

/** CPU that a thousand open requests cost while nothing happens but their timers: of the worker's process, in hundredths of one core. */
export async function benchWaitingRequests(db: Database, bench: PrivacyBench, temporal: Client): Promise<readonly Figure[]> {
  const share = async (): Promise<number> => {
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, watchedMs));
    const { user, system } = process.cpuUsage(before);
    return (100 * (user + system)) / 1_000 / watchedMs;
  };
  const idle = await share();
  const ids: string[] = [];
  for (let one = 0; one < waiting; one += 1) {
    const lookFor = [{ kind: 'email' as const, value: `waiting${one}@example.org` }];
    const asked = { type: 'access' as const, lookFor, identity: 'link' as const, openedBy: 'bench', at: new Date() };
    const { requestId } = await db.transaction((tx) => openRequest(tx, testKeyRing(), asked));
    await bench.start(requestId);
    ids.push(requestId);
  }
  await bench.until(ids.at(-1) ?? '', 'waiting-for-person', 120_000);
  const busy = await share();
  for (const id of ids) await temporal.workflow.getHandle(`request-${id}`).terminate();
  return [
    plain('CPU of the worker without requests', rounded(idle), '% of a core'),
    plain(`with ${waiting} that wait`, rounded(busy), '% of a core'),
  ];
}
