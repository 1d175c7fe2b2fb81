import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startMailmanTwin } from '../test/twins/mailman.ts';
import { startRequestTrackerTwin } from '../test/twins/request-tracker.ts';
import { sampleSeeds } from '../test/twins/sample-seeds.ts';
import { sampleJob, unsubscribeInMailman } from '../test/twins/sample-job.ts';
import { sampleWorld } from '../test/twins/sample-world.ts';
import { startTrytonTwin } from '../test/twins/tryton.ts';
import { freePort } from './free-port.ts';
import type { JobSystems } from './main-job.ts';

const people = 1_000;

/**
 * The sample workspace: about 2,000 records of invented people and companies in stand-ins of Tryton, Mailman and Request Tracker that
 * run in this process, and in a real workbook. What became of them is kept in the folder `sample`.
 */
export async function startSample(home: string, say: (line: string) => void): Promise<JobSystems & { stop(): Promise<void> }> {
  say('Sample: starting an ERP, a mailer and a helpdesk in this process');
  const seeds = sampleSeeds(sampleWorld(people));
  const folder = join(home, 'sample');
  mkdirSync(folder, { recursive: true });
  const workbook = join(folder, 'leads.xlsx');
  if (!existsSync(workbook)) copyFileSync(fileURLToPath(new URL('../test/twins/sample-leads.xlsx', import.meta.url)), workbook);

  const memory = (system: string): string => join(folder, `${system}.state`);
  const erp = await startTrytonTwin({ port: await freePort(4690), records: seeds.erp, memory: memory('erp') });
  const mailer = await startMailmanTwin({ port: await freePort(4691), seed: seeds.mailer, memory: memory('mailer') });
  const helpdesk = await startRequestTrackerTwin({
    port: await freePort(4692),
    seed: seeds.helpdesk,
    memory: memory('helpdesk'),
  });
  const secret = (system: string, value: string): string => {
    const file = join(folder, `${system}.secret`);
    writeFileSync(file, value, { mode: 0o600 });
    return `file:${file}`;
  };
  return {
    ...sampleJob(seeds, {
      erp: { url: erp.url, database: erp.database, user: erp.user, password: secret('erp', erp.password) },
      mailer: { url: mailer.url, user: mailer.user, password: secret('mailer', mailer.password) },
      helpdesk: { url: helpdesk.url, user: helpdesk.user, password: secret('helpdesk', helpdesk.password) },
      workbook,
    }),
    unsubscribe: async (email) => await unsubscribeInMailman(mailer, email),
    stop: async () => {
      await Promise.all([erp.stop(), mailer.stop(), helpdesk.stop()]);
    },
  };
}
