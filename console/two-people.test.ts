import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import privacyPolicy from '../domain/privacy/privacy-policy.json' with { type: 'json' };
import { loadSettings } from '../platform/settings.ts';
import { freePort } from '../runtime/free-port.ts';
import { collectStops } from '../runtime/stops.ts';
import { openWorkspace } from '../runtime/workspace.ts';
import { startBrowser } from '../test/support/browser.ts';
import { startPeopleProvider } from '../test/support/openid-people.ts';
import { approve, settleWhatAsks } from '../test/support/privacy-in-browser.ts';
import { orLeftOut } from '../test/support/real/real-system.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { strings } from './words.ts';

const browsers = await orLeftOut(startBrowser());
const words = strings.en;

describe.each(browsers.map((browser) => [browser.version(), browser] as const))(
  'in Chromium %s',
  (_version, browser: Browser) => {
    const stops = collectStops();
    let url: string;
    let file: string;

    /** The whole of Ficha, whose policy asks for two people at every erasure, behind a company's sign-in. */
    beforeAll(async () => {
      const folder = temporaryFolder();
      chmodSync(folder, 0o711); // as root PostgreSQL runs as another user, who must be able to enter
      const home = join(folder, 'ficha');
      mkdirSync(join(home, 'policies'), { recursive: true });
      writeFileSync(join(home, 'policies', 'privacy.json'), JSON.stringify({ ...privacyPolicy, twoPersonOverLines: 0 }));
      file = join(folder, 'people.csv');
      writeFileSync(file, 'id,name,email,country\n1,Ana Ruiz,ana.ruiz@example.org,ES\n2,Leo Conti,leo.conti@example.org,IT\n');
      const port = await freePort();
      url = `http://127.0.0.1:${port}`;
      const provider = await startPeopleProvider(`${url}/console/sign-in/back`, ['dpo', 'data-team']);
      stops.add(() => provider.stop());
      const settings = loadSettings({
        FICHA_HOME: home,
        FICHA_PORT: `${port}`,
        FICHA_PUBLIC_URL: url,
        OIDC_ISSUER: provider.issuer,
        OIDC_AUDIENCE: provider.audience,
        OIDC_CLIENT_ID: provider.client.id,
        OIDC_CLIENT_SECRET: provider.client.secret,
      });
      const workspace = await openWorkspace({ settings, parts: ['worker', 'api'], say: () => {} });
      stops.add(() => workspace.stop());
    }, 300_000);
    afterAll(async () => {
      await browser.close();
      await stops.stop();
    }, 60_000);

    /** Signs in at the company's provider, as somebody of this name. */
    async function visit(name: string): Promise<Page> {
      const page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
      await page.goto(url);
      await page.click(`a:text("${words['signIn.provider']}")`);
      await page.fill('input[name=login]', name);
      await page.fill('input[name=password]', 'anything');
      await page.click('button[type=submit]');
      await page.click('button[type=submit]');
      await page.waitForURL(/\/console$/);
      expect(await page.textContent('.subject')).toBe(name);
      return page;
    }

    async function linkTheFile(page: Page): Promise<void> {
      await page.goto(`${url}/console/systems/new/spreadsheet`);
      await page.fill('#id', 'people');
      await page.fill('[id="config.path"]', file);
      await page.fill('[id="config.key"]', 'id');
      await page.click('button[value=link]');
      await page.waitForURL(/systems\/people$/);
      await page.waitForSelector('#live .badge.good', { timeout: 90_000 });
    }

    test('an erasure that two people must approve: one alone changes nothing, the same one cannot be both, the second sets it off', {
      timeout: 240_000,
    }, async () => {
      const ines = await visit('ines');
      await linkTheFile(ines);
      await ines.goto(`${url}/console/privacy/new`);
      await ines.fill('#q', 'ruiz');
      await ines.keyboard.press('Enter');
      await ines.click('.found li:has(.kind:text("person")) a');
      await ines.check('input[name=type][value=erasure]');
      await ines.click('button.main');
      await ines.click('form:has(input[name=confirmed]) button.main');
      await ines.waitForURL(/told=open\.done/);
      const request = ines.url().replace(/\?.*$/, '');
      await settleWhatAsks(ines); // copies of a file, which no call reaches
      await ines.waitForSelector('form:has(input[name=planHash]) button', { timeout: 60_000 });
      const form = await ines.evaluate(() => {
        const value = (name: string) =>
          document.querySelector<HTMLInputElement>(`form[action$="/approve"] input[name=${name}]`)?.value ?? '';
        return { csrf: value('csrf'), planHash: value('planHash') };
      });
      await approve(ines);
      await ines.waitForSelector(`text=${words['privacy.approvedByYou']}`, { timeout: 60_000 });
      expect(await ines.textContent('main')).toContain(words['privacy.secondPerson'].replace('{who}', 'ines'));
      expect(await ines.locator('form:has(input[name=planHash])').count()).toBe(0);

      // the form that is not offered any more, sent all the same
      const again = await ines.request.post(`${request}/approve`, { form: { ...form, sure: 'yes' }, headers: { origin: url } });
      expect([again.status(), await again.text()]).toEqual([422, expect.stringContaining(words['refused.same-person'])]);
      expect(readFileSync(file, 'utf8')).toContain('Ana Ruiz');

      const omar = await visit('omar');
      await omar.goto(`${url}/console/privacy`);
      await omar.click('tbody tr a');
      expect(await omar.textContent('main')).toContain(words['privacy.secondPerson'].replace('{who}', 'ines'));
      await approve(omar);
      await omar.waitForSelector('text=/^complete/', { timeout: 90_000 });
      expect(readFileSync(file, 'utf8')).not.toContain('Ana Ruiz');
      expect(readFileSync(file, 'utf8')).toContain('Leo Conti');

      await omar.goto(`${url}/console/audit`);
      const log = (await omar.textContent('main')) ?? '';
      for (const name of ['ines', 'omar']) expect(log).toContain(name);
      await omar.click(`button:text("${words['audit.verify']}")`);
      expect(await omar.textContent('[role=status]')).toMatch(/^Whole: \d+/);
    });
  },
);
