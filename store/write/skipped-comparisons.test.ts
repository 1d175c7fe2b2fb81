import { afterAll, beforeAll, expect, test } from 'vitest';
import { matchRecord } from '../../domain/identity/match-record.ts';
import { resolve } from '../../domain/identity/resolve.ts';
import { type IdentityScene, identityScene } from '../../test/support/identity-scene.ts';
import { readGauges } from '../read/gauges.ts';
import { countSkippedComparisons } from './skipped-comparisons.ts';

const policy = { largestBlock: 3, largestBroadBlock: 2 };

let scene: IdentityScene;
beforeAll(async () => {
  scene = await identityScene({ policy });
});
afterAll(() => scene.end());

test('what is not compared is counted as deciding everything at once counts it, by the limit of each kind of key', async () => {
  const people = ['1980-01-02', '1981-03-04', '1982-05-06'].map((birthDate, at) => ({
    externalId: String(at),
    canonical: { fullName: 'Ana García López', birthDate, phones: ['+34600111222'], country: 'ES' },
  }));
  await scene.arrive(people.map((person) => ({ system: 'erp', kind: 'person', ...person })));
  await scene.resolve();
  const { skipped } = resolve(
    people.map(({ externalId, canonical }) => matchRecord(externalId, 'person', canonical)),
    [],
    { policy },
  );
  expect(skipped).toBe(3); // the name of three, of whom two may share it; the telephone may be that of three
  await scene.database.worker.transaction((tx) => countSkippedComparisons(tx, new Date(), policy));
  expect((await readGauges(scene.database.reader, new Date())).comparisonsSkipped).toBe(3);
  await scene.leave([{ system: 'erp', externalId: '0' }]);
  await scene.resolve();
  await scene.database.worker.transaction((tx) => countSkippedComparisons(tx, new Date(), policy));
  expect((await readGauges(scene.database.reader, new Date())).comparisonsSkipped).toBe(0);
});
