import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '../../platform/log.ts';
import { freePort } from '../../runtime/free-port.ts';
import { type HttpServer, serveHttp } from '../../runtime/http.ts';
import { sql } from '../../store/database.ts';
import { consentMatrixOf } from '../../store/read/consent.ts';
import { axeViolations, startBrowser } from '../../test/support/browser.ts';
import { testKeyRing } from '../../test/support/keys.ts';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { clientOf, linkSystem, storePerson } from '../../test/support/privacy-world.ts';
import { orLeftOut } from '../../test/support/real/real-system.ts';
import { type TestTemporal, testTemporal } from '../../test/support/temporal.ts';
import { sealConfirmation } from './confirmation-link.ts';
import { sealPreferenceLink } from './preference-link.ts';
import { createPreferencePages } from './server.ts';
import { pageLanguages, pageWords } from './words.ts';

const browsers = await orLeftOut(startBrowser());
const eva = { given: 'Eva', family: 'Ríos', email: 'eva.browser@example.org', phone: '+34600111888' };

describe.each(browsers.map((browser) => [browser.version(), browser] as const))(
  'in Chromium %s',
  (_version, browser: Browser) => {
    let database: TestDatabase;
    let temporal: TestTemporal;
    let http: HttpServer;
    let clientId: string;
    let address: string;

    beforeAll(async () => {
      temporal = await testTemporal();
      database = await testDatabase();
      await linkSystem(database.worker, 'erp');
      clientId = await clientOf(database.worker, eva);
      await storePerson(database.worker, clientId, 'erp', '1', eva);
      const keys = testKeyRing();
      const parts = { db: database.worker, keys, temporal: temporal.client, log: createLog(), now: () => new Date() };
      const nothing = { fetch: () => new Response(null, { status: 404 }) };
      http = await serveHttp({
        apis: {
          graphql: () => Promise.resolve(new Response()),
          commands: nothing,
          preferences: createPreferencePages(parts),
          forms: nothing,
          console: nothing,
        },
        readiness: () => Promise.resolve({}),
        host: '127.0.0.1',
        port: await freePort(),
      });
      const link = { clientId, purpose: 'marketing', channel: 'email', until: '2099-01-01T00:00:00.000Z' };
      address = `${http.url}/p/${sealPreferenceLink(keys, link)}`;
    });
    afterAll(async () => {
      await browser.close();
      await http.stop();
      await database.drop();
      await temporal.stop();
    });

    const holds = async (): Promise<string[]> =>
      (await consentMatrixOf(database.reader, clientId)).map(({ purpose, channel, answer }) => `${purpose} ${channel} ${answer}`);

    test('with the keyboard alone: yes, save, then no to everything', async () => {
      const page = await browser.newPage({ locale: 'es-ES' });
      const asked: string[] = [];
      page.on('request', (request) => asked.push(new URL(request.url()).origin));
      const trouble: string[] = [];
      page.on('console', (message) => trouble.push(message.text()));
      await page.goto(address);
      const active = () => page.evaluate(() => document.activeElement?.outerHTML ?? '');
      const tabTo = async (part: string): Promise<void> => {
        for (let steps = 0; steps < 12; steps += 1) {
          await page.keyboard.press('Tab');
          if ((await active()).includes(part)) return;
        }
        throw new Error(`Tab does not reach ${part}`);
      };
      await tabTo('name="marketing.email"');
      await page.keyboard.press('ArrowUp');
      await tabTo('type="submit"');
      await page.keyboard.press('Enter');
      await page.waitForSelector('[role=status]');
      expect(await page.textContent('[role=status]')).toBe(pageWords.es.saved);
      expect(await holds()).toEqual(['marketing email granted']);
      await tabTo('name="all"');
      await page.keyboard.press('Enter');
      await page.waitForSelector('[role=status]');
      expect(await holds()).toContain('* any denied');
      expect([...new Set(asked)]).toEqual([http.url]);
      expect(trouble).toEqual([]);
      await page.close();
    });

    test('a browser that asks for privacy opts out of sharing with the first form that is sent', async () => {
      const context = await browser.newContext({ extraHTTPHeaders: { 'Sec-GPC': '1' }, locale: 'en-GB' });
      const page = await context.newPage();
      await page.goto(address);
      await page.focus('[type=submit]');
      await page.keyboard.press('Enter');
      await page.waitForSelector('[role=status]');
      const { rows } = await database.reader.query<{ purpose: string; answer: string }>(sql`
        select purpose, answer from consent_event where purpose = 'sharing'`);
      expect(rows).toEqual([{ purpose: 'sharing', answer: 'denied' }]);
      await context.close();
    });

    test.each(pageLanguages)('a yes is confirmed with the keyboard alone, and nothing that axe finds: %s', async (language) => {
      const wanted = { clientId, purpose: 'newsletter', channel: 'email', textVersion: 'n-1', language };
      const confirm = `${http.url}/c/${sealConfirmation(testKeyRing(), { ...wanted, until: '2099-01-01T00:00:00.000Z' })}?lang=${language}`;
      const page = await browser.newPage({ viewport: { width: 320, height: 640 }, bypassCSP: true });
      await page.goto(confirm);
      expect(await axeViolations(page)).toEqual([]);
      const onButton = () => page.evaluate(() => document.activeElement?.getAttribute('type') === 'submit');
      for (let steps = 0; steps < 12 && !(await onButton()); steps += 1) await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.waitForSelector('[role=status]');
      expect(await page.textContent('[role=status]')).toBe(pageWords[language].confirmed);
      expect(await axeViolations(page)).toEqual([]);
      await page.close();
    });

    test.each(pageLanguages)('nothing that axe finds, light and dark, wide and at 320 px: %s', async (language) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        const page = await browser.newPage({ colorScheme, viewport: { width: 320, height: 640 }, bypassCSP: true });
        await page.goto(`${address}?lang=${language}`);
        expect(await axeViolations(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
        await page.goto(`${address.slice(0, -5)}?lang=${language}`);
        expect(await page.textContent('[role=status]')).toBe(pageWords[language].unknownLink);
        expect(await axeViolations(page)).toEqual([]);
        await page.close();
      }
    });
  },
);
