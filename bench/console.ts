import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { freePort } from '../runtime/free-port.ts';
import { startBrowser } from '../test/support/browser.ts';
import type { Figure } from './figure.ts';

const rounds = 20;

/** From the click to the moment when the page is whole and its script has run, in ms. */
const untilInteractive = async (page: Page, address: string): Promise<number> => {
  await page.goto(address, { waitUntil: 'domcontentloaded' });
  return await page.evaluate(() => {
    const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]; // of that type
    return entry?.domContentLoadedEventEnd ?? Number.NaN;
  });
};

interface Sample {
  /** The address, once the main job is done. */
  readonly ready: Promise<string>;
  stop(): Promise<void>;
}

/** Ficha as `npm start` runs it, in a folder of its own. */
function startSample(home: string, port: number, say: (line: string) => void): Sample {
  const program = spawn(process.execPath, ['bin/ficha.cjs', 'up', '--sample'], {
    env: { ...process.env, FICHA_HOME: home, FICHA_PORT: `${port}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => program.once('exit', () => resolve()));
  let isReady = false;
  const ready = new Promise<string>((resolve, reject) => {
    createInterface({ input: program.stdout }).on('line', (line) => {
      const address = /^Console\s+(http\S+)\/console/.exec(line)?.[1];
      if (address === undefined) return void (isReady || say(line)); // tokens come after the address
      isReady = true;
      resolve(address);
    });
    void ended.then(() => reject(new Error('Ficha ended before it was ready')));
  });
  return {
    ready,
    stop: async () => {
      program.kill('SIGTERM');
      await ended;
    },
  };
}

const signedIn = async (browser: Browser, url: string): Promise<Page> => {
  const page = await (await browser.newContext()).newPage(); // nothing is cached
  await page.goto(`${url}/console/sign-in`);
  await page.click('button[value=dpo]');
  await page.waitForURL(/\/console$/);
  return page;
};

/** The pages that people open most, by what stands on them. */
async function pagesOf(browser: Browser, url: string): Promise<Readonly<Record<string, string>>> {
  const page = await signedIn(browser, url);
  await page.fill('#q', 'garcia');
  const client = await page.getAttribute('.found a', 'href');
  await page.goto(`${url}/console/privacy`);
  const request = await page.getAttribute('.ended a', 'href');
  await page.context().close();
  return { find: '/console', ficha: client ?? '', 'privacy request': request ?? '', 'linked system': '/console/systems/erp' };
}

async function timesOf(browser: Browser, url: string, path: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const page = await signedIn(browser, url);
    times.push(await untilInteractive(page, `${url}${path}`));
    await page.context().close();
  }
  return times.sort((one, other) => one - other);
}

/** How soon a page of the console can be used in a real Chromium on loopback over the sample workspace, and what its script weighs. */
export async function benchConsole(say: (line: string) => void): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ficha-bench-console-'));
  chmodSync(folder, 0o711); // as root PostgreSQL runs as another user, who must be able to enter
  const sample = startSample(join(folder, 'ficha'), await freePort(), say);
  const browser = await startBrowser();
  try {
    const url = await sample.ready;
    const figures: Figure[] = [];
    const figure = (name: string, value: number, unit: string): number =>
      figures.push({ name, value: Math.round(value), unit, peer: null, ratio: null });
    for (const [name, path] of Object.entries(await pagesOf(browser, url))) {
      const times = await timesOf(browser, url, path);
      figure(`${name}, until interactive, median`, times[rounds / 2] ?? 0, 'ms');
      figure(`${name}, until interactive, slowest of ${rounds}`, times.at(-1) ?? 0, 'ms');
    }
    const script = await (await fetch(`${url}/console/live.js`)).text();
    figure('script, gzip', gzipSync(script).length, 'bytes');
    return figures;
  } finally {
    await browser.close();
    await sample.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
