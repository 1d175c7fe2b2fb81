import { afterAll, describe, expect, test, vi } from 'vitest';
import { mayMount, type OwnServers, startOwnServers } from '../support/own-servers.ts';
import { fullCounts, isDone, keep } from './report.ts';
import { inMidErasure, runUnderServerFault, serverFaults } from './server-faults.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const seeds = Array.from({ length: fullCounts ? 50 : 1 }, (_, place) => place + 1);

describe.each(serverFaults)('$name', (fault) => {
  let servers: OwnServers | undefined;

  afterAll(async () => {
    await servers?.stop();
  });

  test.skipIf(fault.smallDisk && !mayMount).each(seeds)(
    'seed %i: the erasure goes on and ends as if nothing had been',
    async (seed) => {
      if (isDone(fault.name, seed)) return;
      servers ??= await startOwnServers(fault);
      const first = seed === 1 ? { place: inMidErasure } : {};
      const verdict = await runUnderServerFault(servers, fault, { seed, ...first, patienceMs: 120_000 });
      keep(verdict);
      expect(verdict).toMatchObject({ complete: 1, falseComplete: 0, twice: 0, wrongPerson: 0 });
      if (seed !== 1) return;
      expect(verdict.struck).toBe(true);
      expect(servers.ranOutOfSpace()).toBe(fault.smallDisk);
    },
  );
});
