import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openDatabase, sql } from '../store/database.ts';
import { roleUrl } from '../store/roles.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { startManyPeople } from '../test/support/many-people.ts';
import { startSharedPostgres } from '../test/support/shared-postgres.ts';
import type { Figure } from './figure.ts';

const workers = 4;
const most = 300;
const windowMs = 5_000;
const seconds = 40;
const program = fileURLToPath(new URL('limited-process.ts', import.meta.url));

/** The most calls of any window, as the vendor saw them arrive. */
function busiest(arrivals: readonly number[]): number {
  let first = 0;
  let largest = 0;
  for (const [last, at] of arrivals.entries()) {
    while (at - (arrivals[first] ?? at) >= windowMs) first += 1;
    largest = Math.max(largest, last - first + 1);
  }
  return largest;
}

/** Workers in processes of their own on one rate budget, with more work than it allows: how much of it they use, judged by the vendor. */
export async function benchLimits(say: (line: string) => void): Promise<readonly Figure[]> {
  say(`limits: ${workers} workers, one linked system that allows ${most} calls in ${windowMs / 1_000} s, ${seconds} s`);
  const postgres = await startSharedPostgres();
  const ownerUrl = postgres.facts['ownerUrl'] ?? '';
  const owner = openDatabase(ownerUrl, { max: 1 });
  const vendor = await startManyPeople(1_000_000);
  try {
    await owner.query(sql`insert into linked_system (id, connector, title) values ('bench', 'bench', 'Bench')`);
    const url = roleUrl(ownerUrl, 'ficha_worker', testKeyRing());
    const args = ['--import', 'tsx', program, vendor.url, url, `${most}/${windowMs / 1_000}s`, String(seconds)];
    await Promise.all(Array.from({ length: workers }, () => promisify(execFile)(process.execPath, args)));
    const arrivals = (await vendor.ledger()).map(([, at]) => at);
    const began = arrivals[0] ?? 0;
    const windows = Math.floor(((arrivals.at(-1) ?? 0) - began) / windowMs);
    const within = arrivals.filter((at) => at < began + windows * windowMs).length;
    const bare = { peer: null, ratio: null };
    return [
      { name: 'budget used', value: Number(((within / (windows * most)) * 100).toFixed(1)), unit: '%', ...bare },
      { name: `most calls in any ${windowMs / 1_000} s, of ${most} allowed`, value: busiest(arrivals), unit: 'calls', ...bare },
    ];
  } finally {
    vendor.stop();
    await owner.end();
    await postgres.stop();
  }
}
