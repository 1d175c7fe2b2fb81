import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Role } from '../../domain/access/role.ts';
import { loadSettings } from '../../platform/settings.ts';
import { freePort } from '../../runtime/free-port.ts';
import { runMainJob } from '../../runtime/main-job.ts';
import { startSample } from '../../runtime/sample.ts';
import { collectStops } from '../../runtime/stops.ts';
import { openWorkspace } from '../../runtime/workspace.ts';
import type { LinkSystem } from '../../schemas/types.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A page of somebody who signed in. */
export interface Visit {
  readonly page: Page;
  /** What the browser complained of, and other origins that were asked. */
  readonly trouble: readonly string[];
}

/** The whole of Ficha with the sample workspace, after its main job. */
export interface SampleConsole {
  readonly url: string;
  /** The workbook that the sample links. */
  readonly workbook: LinkSystem;
  visit(role: Role, options?: Parameters<Browser['newContext']>[0]): Promise<Visit>;
  stop(): Promise<void>;
}

/** Starts what `npm start` starts, in this process. @param more settings of the environment beside folder and port */
export async function startSampleConsole(browser: Browser, more: Readonly<Record<string, string>> = {}): Promise<SampleConsole> {
  const stops = collectStops();
  const folder = temporaryFolder();
  chmodSync(folder, 0o711); // as root PostgreSQL runs as another user, who must be able to enter
  const home = join(folder, 'ficha');
  mkdirSync(home);
  const settings = loadSettings({ FICHA_HOME: home, FICHA_PORT: `${await freePort()}`, ...more });
  const workspace = await openWorkspace({ settings, parts: ['worker', 'api'], say: () => {} });
  stops.add(() => workspace.stop());
  if (workspace.tokens === undefined) throw new Error('the workspace of a test has tokens');
  const sample = await startSample(home, () => {});
  stops.add(() => sample.stop());
  const [workbook] = sample.links.filter(({ connector }) => connector === 'spreadsheet');
  if (workbook === undefined) throw new Error('the sample links a workbook');
  const { url, tokens } = workspace;
  await runMainJob({ url, tokens }, sample, () => {});
  return {
    url,
    workbook,
    stop: () => stops.stop(),
    visit: async (role, options = {}) => {
      const page = await (await browser.newContext({ locale: 'en-GB', ...options })).newPage();
      const trouble: string[] = [];
      page.on('console', (message) => void (message.type() === 'error' && trouble.push(message.text())));
      page.on('pageerror', ({ message }) => trouble.push(message));
      page.on('request', (request) => void (request.url().startsWith(url) || trouble.push(new URL(request.url()).origin)));
      await page.goto(url);
      await page.click(`button[value=${role}]`);
      await page.waitForURL(/\/console(\/metrics)?$/);
      return { page, trouble };
    },
  };
}
