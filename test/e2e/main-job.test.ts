import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadSettings } from '../../platform/settings.ts';
import { type Access, type JobSummary, runMainJob } from '../../runtime/main-job.ts';
import { collectStops } from '../../runtime/stops.ts';
import { openWorkspace } from '../../runtime/workspace.ts';
import { openOnServer } from '../support/open-on-server.ts';
import { seedMailman, startMailman } from '../support/real/mailman.ts';
import { orLeftOut, type RealSystem } from '../support/real/real-system.ts';
import { startRequestTracker } from '../support/real/request-tracker.ts';
import { type RealTryton, startTryton } from '../support/real/tryton.ts';
import { trytonClient } from '../support/real/tryton-client.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { sampleJob, sampleList, unsubscribeInMailman } from '../twins/sample-job.ts';
import { sampleSeeds } from '../twins/sample-seeds.ts';
import { sampleWorld } from '../twins/sample-world.ts';
import { seedTryton } from '../twins/tryton/seed.ts';

const world = sampleWorld(1_000);
const seeds = sampleSeeds(world);
const stops = collectStops();
const say = (line: string): void => void process.stderr.write(`${line}\n`);

let erp: RealTryton;
let mailer: RealSystem;
let helpdesk: RealSystem;
let summary: JobSummary;
let access: Access;
let job: ReturnType<typeof sampleJob>;
let workbook: string;

async function boot(folder: string): Promise<boolean> {
  say('Tryton, Mailman and Request Tracker: starting and seeding');
  const [tryton] = await orLeftOut(startTryton({ dir: join(folder, 'tryton') }));
  const [mailman] = await orLeftOut(startMailman({ dir: join(folder, 'mailman') }));
  const [tracker] = await orLeftOut(startRequestTracker({ dir: join(folder, 'rt'), seed: seeds.helpdesk }));
  for (const system of [tryton, mailman, tracker]) if (system) stops.add(() => system.stop());
  if (!tryton || !mailman || !tracker) return false;
  [erp, mailer, helpdesk] = [tryton, mailman, tracker];
  await seedTryton(await trytonClient(erp), seeds.erp);
  await seedMailman(mailer, sampleList.address, seeds.mailer);
  return true;
}

let complete = false;

beforeAll(async () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o711); // as root PostgreSQL runs as another user, who must be able to enter
  complete = await boot(folder);
  if (!complete) return;
  const home = join(folder, 'ficha');
  mkdirSync(home);
  workbook = join(folder, 'leads.xlsx');
  copyFileSync(fileURLToPath(new URL('../twins/sample-leads.xlsx', import.meta.url)), workbook);
  const secret = (name: string, value: string): string => {
    writeFileSync(join(folder, name), value, { mode: 0o600 });
    return `file:${join(folder, name)}`;
  };
  const workspace = await openWorkspace({
    settings: loadSettings({ FICHA_HOME: home, FICHA_PORT: '4780' }),
    parts: ['worker', 'api'],
    say,
  });
  stops.add(() => workspace.stop());
  if (workspace.tokens === undefined) throw new Error('the workspace of a test has tokens');
  access = { url: workspace.url, tokens: workspace.tokens };
  job = sampleJob(seeds, {
    erp: { url: erp.url, database: erp.database, user: erp.user, password: secret('erp', erp.password) },
    mailer: { url: mailer.url, user: mailer.user, password: secret('mailer', mailer.password) },
    helpdesk: { url: helpdesk.url, user: helpdesk.user, password: secret('helpdesk', helpdesk.password) },
    workbook,
  });
  summary = await runMainJob(access, { ...job, unsubscribe: (email) => unsubscribeInMailman(mailer, email) }, say);
  say(JSON.stringify(summary));
});
afterAll(() => stops.stop());

test('about two thousand records of four real systems become fewer clients, none lost', ({ skip }) => {
  skip(!complete, 'a real system is left out, see above');
  expect(summary.recordsPulled).toBeGreaterThan(4_000);
  expect(summary.merges).toBeGreaterThan(500);
  expect(summary.clients).toBeGreaterThan(900);
  expect(summary.outcomes).toHaveLength(2);
});

test('who unsubscribed in the mailer is suppressed in the others, as they answer themselves', async ({ skip }) => {
  skip(!complete, 'a real system is left out, see above');
  const identifiers = [{ kind: 'email', value: job.people.unsubscriber }] as const;
  const others = [
    await openOnServer('tryton', erp, { url: erp.url, database: erp.database, user: erp.user }),
    await openOnServer('request-tracker', helpdesk, { url: helpdesk.url, user: helpdesk.user }),
  ];
  for (const system of others) {
    const refs = (await system.lookup(identifiers)).filter(({ kind }) => kind === 'person');
    expect(refs.length).toBeGreaterThan(0);
    for (const ref of refs) {
      const readings = await system.readConsent(ref);
      expect(readings.filter(({ channel, answer }) => channel === 'email' && answer === 'denied').length).toBeGreaterThan(0);
    }
    await system.close();
  }
});

test('who was erased is in no storage of mailer and helpdesk, and in the ERP only where the law keeps a sale', async ({
  skip,
}) => {
  skip(!complete, 'a real system is left out, see above');
  const email = job.people.toErase;
  const person = world.people.find((one) => one.email === email);
  const needles = [email, ...(person ? [person.taxId ?? email] : [])];
  expect(await mailer.rawStorageSearch(needles)).toEqual([]);
  expect(await helpdesk.rawStorageSearch(needles)).toEqual([]);
  expect(await erp.rawStorageSearch(needles)).toEqual([]);
});

test('the search of a storage finds who is still there, so that an empty answer means something', async ({ skip }) => {
  skip(!complete, 'a real system is left out, see above');
  expect(await erp.rawStorageSearch([job.people.toExport])).not.toEqual([]);
  expect(await mailer.rawStorageSearch([job.people.toExport])).not.toEqual([]);
  expect(await helpdesk.rawStorageSearch([job.people.toExport])).not.toEqual([]);
});
