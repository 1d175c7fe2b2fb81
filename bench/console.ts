import type { Page } from 'playwright-core';
import { gzipSync } from 'node:zlib';
import { startBrowser } from '../test/support/browser.ts';
import { consoleScene } from '../test/support/console-scene.ts';
import { people } from '../test/support/read-people.ts';
import { requests, seedConsole } from '../test/support/seed-console.ts';
import type { Figure } from './figure.ts';

const rounds = 20;

const pages = {
  find: '/console',
  ficha: `/console/clients/${people.ana}`,
  'privacy request': `/console/privacy/${requests.stopped}`,
  'linked system': '/console/systems/crm',
} as const;

/** From the click to the moment when the page is whole and its script has run, in ms. */
const untilInteractive = async (page: Page, address: string): Promise<number> => {
  await page.goto(address, { waitUntil: 'domcontentloaded' });
  return await page.evaluate(() => {
    const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]; // of that type
    return entry?.domContentLoadedEventEnd ?? Number.NaN;
  });
};

/** How soon a page of the console can be used in a real Chromium on loopback, and what its script weighs. Nothing is cached at the first visit. */
export async function benchConsole(say: (line: string) => void): Promise<readonly Figure[]> {
  const [browser, scene] = [await startBrowser(), await consoleScene()];
  try {
    await seedConsole(scene.database);
    const figures: Figure[] = [];
    for (const [name, path] of Object.entries(pages)) {
      const times: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const page = await (await browser.newContext()).newPage();
        await page.goto(`${scene.url}/console/sign-in`);
        await page.click('button[value=dpo]');
        await page.waitForURL(/\/console$/);
        times.push(await untilInteractive(page, `${scene.url}${path}`));
        await page.context().close();
      }
      times.sort((one, other) => one - other);
      const figure = (what: string, value: number): Figure => ({
        name: `${name}, until interactive, ${what}`,
        value: Math.round(value),
        unit: 'ms',
        peer: null,
        ratio: null,
      });
      figures.push(figure('median', times[rounds / 2] ?? 0), figure('slowest of 20', times.at(-1) ?? 0));
      say(`${name}: ${rounds} visits`);
    }
    const script = await (await fetch(`${scene.url}/console/live.js`)).text();
    return [...figures, { name: 'script, gzip', value: gzipSync(script).length, unit: 'bytes', peer: null, ratio: null }];
  } finally {
    await browser.close();
    await scene.stop();
  }
}
