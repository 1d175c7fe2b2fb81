import { connectorOf } from '../connectors/kit/connector.ts';
import { parseManifest } from '../connectors/kit/manifest.ts';
import { openDatabase } from '../store/database.ts';
import { sharedRateBudget } from '../store/write/rate-budget.ts';
import { manyPeopleManifest } from '../test/support/many-people.ts';

/** One of several workers that pull one linked system as fast as its budget lets them, again and again, for so many seconds. */
const [vendorUrl = '', databaseUrl = '', window = '', seconds = '10'] = process.argv.slice(2);
const db = openDatabase(databaseUrl, { max: 4 });
const signal = AbortSignal.timeout(Number(seconds) * 1_000);
const system = connectorOf(parseManifest(manyPeopleManifest(1, `limits: [{ window: ${window} }]`), 'bench')).open({
  systemId: 'bench',
  config: { url: vendorUrl },
  secret: () => '',
  signal,
  now: () => new Date(),
  budget: (systemId, rules, leaseMs) => sharedRateBudget(db, systemId, rules, leaseMs),
});

/** Reads pages until the time is over. */
async function pullOn(): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const { last } of system.pull('person', null)) if (last || signal.aborted) break;
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

await Promise.all([pullOn(), pullOn()]);
await db.end();
