import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { preparedPages } from '../activities/sync/prepare-page.ts';
import { readAhead } from './read-ahead.ts';
import { storedPages } from '../activities/sync/store-pages.ts';
import { connectorOf } from '../connectors/kit/connector.ts';
import { parseManifest } from '../connectors/kit/manifest.ts';
import { validatorFor } from '../platform/validate.ts';
import { openDatabase } from '../store/database.ts';
import { startSyncRun } from '../store/write/sync-runs.ts';
import { isAnybodyErased } from '../store/write/tombstones.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { manyPeopleManifest } from '../test/support/many-people.ts';
import type { Pulled } from './pull-in-process.ts';

/** One worker's pull, from the first page asked to the last one stored; prints what it cost as one line of JSON. */
const [vendorUrl = '', pageSize = '500', target = '', runId = ''] = process.argv.slice(2);
const now = (): Date => new Date();
const system = connectorOf(parseManifest(manyPeopleManifest(Number(pageSize)), 'bench')).open({
  systemId: 'bench',
  config: { url: vendorUrl },
  secret: () => '',
  signal: new AbortController().signal,
  now,
});

/** Each record as one line of a file: names, hash and both forms. */
async function toNdjson(path: string): Promise<number> {
  const file = createWriteStream(path);
  let records = 0;
  for await (const { parts } of preparedPages(readAhead(system.pull('person', null)), 'bench')) {
    for (const { valid } of parts) {
      const lines = valid.map(
        ({ kind, externalId, contentHash, canonicalText, rawText }) =>
          `{"kind":"${kind}","externalId":${JSON.stringify(externalId)},"contentHash":"${contentHash}","canonical":${canonicalText},"raw":${rawText}}\n`,
      );
      records += lines.length;
      if (!file.write(lines.join(''))) await once(file, 'drain');
    }
  }
  file.end();
  await once(file, 'finish');
  return records;
}

/** As the sync does: tombstones looked for, records written, position saved, each page one transaction, the next fetched meanwhile. */
async function toPostgres(url: string): Promise<number> {
  const db = openDatabase(url, { max: 2 });
  const keys = testKeyRing();
  let records = 0;
  try {
    await startSyncRun(db, runId, 'bench', 'full');
    const from = { systemId: 'bench', runId, stream: 'person' };
    const prepared = preparedPages(system.pull('person', null), 'bench', (await isAnybodyErased(db)) ? { keys } : {});
    for await (const { pulled } of storedPages({ db, keys, now }, from, prepared)) records += pulled;
  } finally {
    await db.end();
  }
  return records;
}

validatorFor('record/person')({}); // the schemas are compiled once in a worker's life; that is its start, not the pull
const before = process.cpuUsage();
const began = performance.now();
const records = await (target.startsWith('postgres:') ? toPostgres(target) : toNdjson(target));
const seconds = (performance.now() - began) / 1_000;
const { user, system: kernel } = process.cpuUsage(before);
const pulled: Pulled = {
  records,
  seconds,
  cpuSeconds: (user + kernel) / 1e6,
  peakMegabytes: process.resourceUsage().maxRSS / 1e3,
};
process.stdout.write(`${JSON.stringify(pulled)}\n`);
