import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startMailmanTwin } from './mailman.ts';
import { startRequestTrackerTwin } from './request-tracker.ts';
import { unsubscribeInMailman } from './sample-job.ts';
import { sampleSeeds } from './sample-seeds.ts';
import { sampleWorld } from './sample-world.ts';
import { startTrytonTwin } from './tryton.ts';
import type { Twin } from './kit/twin.ts';

const seeds = sampleSeeds(sampleWorld(20));

/** Starts, changes and stops a twin, starts it again, and gives what it held before and what it holds now. */
async function restarted<T extends Twin>(start: () => Promise<T>, change: (twin: T) => Promise<void>) {
  const first = await start();
  const seeded = first.dump();
  await change(first);
  const left = first.dump();
  await first.stop();
  const again = await start();
  onTestFinished(() => again.stop());
  return { seeded, left, found: again.dump(), again };
}

const basic = ({ user, password }: { readonly user: string; readonly password: string }) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

test('a mailer found again is as it was left, and nobody who left the list is back', async () => {
  const memory = join(temporaryFolder(), 'mailer.state');
  const [first, second] = seeds.mailer.filter(({ optedOut }) => !optedOut);
  const { seeded, left, found, again } = await restarted(
    () => startMailmanTwin({ seed: seeds.mailer, memory }),
    (twin) => unsubscribeInMailman(twin, first?.email.toLowerCase() ?? ''),
  );
  expect(left).not.toBe(seeded);
  expect(found).toBe(left);
  await unsubscribeInMailman(again, second?.email.toLowerCase() ?? '');
  expect(again.dump()).not.toBe(left);
});

test('a helpdesk found again is as it was left, times and history included', async () => {
  const memory = join(temporaryFolder(), 'helpdesk.state');
  const { seeded, left, found } = await restarted(
    () => startRequestTrackerTwin({ seed: seeds.helpdesk, memory }),
    async (twin) => {
      const body = JSON.stringify({ RealName: 'Alguien Más' });
      const headers = { ...basic(twin), 'content-type': 'application/json' };
      const answer = await fetch(`${twin.url}/user/27`, { method: 'PUT', headers, body });
      expect(answer.status).toBe(200);
    },
  );
  expect(left).not.toBe(seeded);
  expect(found).toBe(left);
});

test('an ERP found again is as it was seeded, and seeds nothing twice', async () => {
  const memory = join(temporaryFolder(), 'erp.state');
  const { left, found, again } = await restarted(
    () => startTrytonTwin({ records: seeds.erp, memory }),
    () => Promise.resolve(),
  );
  expect(found).toBe(left);
  expect(again.seeded).toEqual([]);
});

test('a state that cannot be read is named with the way out', async () => {
  const memory = join(temporaryFolder(), 'mailer.state');
  writeFileSync(memory, 'not a state');
  await expect(startMailmanTwin({ memory })).rejects.toThrow(`${memory} cannot be read; delete it`);
});
