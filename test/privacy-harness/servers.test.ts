import { describe, expect, test, vi } from 'vitest';
import { mayMount, startOwnServers } from '../support/own-servers.ts';
import { fullCounts, isDone, keep } from './report.ts';
import { inMidErasure, runUnderServerFault, type ServerFault, serverFaults } from './server-faults.ts';

/** Full counts: ten times five erasures at once, each of which takes a server away at a place of its own. */
const batches = fullCounts ? 11 : 1;
const together = 5;

vi.setConfig({ testTimeout: fullCounts ? 3_600_000 : 180_000, hookTimeout: 120_000 });

const seedsOf = (batch: number): readonly number[] =>
  batch === 0 ? [1] : Array.from({ length: together }, (_, place) => (batch - 1) * together + place + 2);

/** All batches of one fault over one set of servers. */
async function run(fault: ServerFault) {
  const servers = await startOwnServers(fault);
  const verdicts: Awaited<ReturnType<typeof runUnderServerFault>>[number][] = [];
  try {
    for (let batch = 0; batch < batches; batch += 1) {
      const seeds = seedsOf(batch).filter((seed) => !isDone(fault.name, seed));
      if (seeds.length === 0) continue;
      const first = batch === 0 ? { place: inMidErasure } : {};
      const ended = await runUnderServerFault(servers, fault, { seeds, ...first, patienceMs: fullCounts ? 300_000 : 120_000 });
      ended.forEach(keep);
      verdicts.push(...ended);
    }
  } finally {
    await servers.stop();
  }
  return { verdicts, ranOutOfSpace: servers.ranOutOfSpace() };
}

describe.concurrent('a server goes away in mid-erasure', () => {
  for (const fault of serverFaults) {
    test.skipIf(fault.smallDisk && !mayMount)(`${fault.name}: it goes on and ends as if nothing had been`, async () => {
      const { verdicts, ranOutOfSpace } = await run(fault);
      const wrong = verdicts.filter(
        ({ complete, falseComplete, twice, wrongPerson }) => complete !== 1 || falseComplete + twice + wrongPerson > 0,
      );
      expect(wrong).toEqual([]);
      if (!verdicts.some(({ seed }) => seed === 1)) return; // done before, or left for the next time
      expect(verdicts[0]?.struck).toBe(true);
      expect(ranOutOfSpace).toBe(fault.smallDisk);
    });
  }
});
