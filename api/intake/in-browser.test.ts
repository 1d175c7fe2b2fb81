import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '../../platform/log.ts';
import type { Mail } from '../../platform/mailer.ts';
import { freePort } from '../../runtime/free-port.ts';
import { type HttpServer, serveHttp } from '../../runtime/http.ts';
import { sql } from '../../store/database.ts';
import { axeViolations, startBrowser } from '../../test/support/browser.ts';
import { clientOnQueue } from '../../test/support/client-on-queue.ts';
import { testKeyRing } from '../../test/support/keys.ts';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { orLeftOut } from '../../test/support/real/real-system.ts';
import { type TestTemporal, testTemporal } from '../../test/support/temporal.ts';
import { pageLanguages } from '../preferences/words.ts';
import { createIntake } from './server.ts';
import { formTypes, formWords } from './words.ts';

const browsers = await orLeftOut(startBrowser());

describe.each(browsers.map((browser) => [browser.version(), browser] as const))(
  'the request form in Chromium %s',
  (_version, browser: Browser) => {
    let database: TestDatabase;
    let temporal: TestTemporal;
    let http: HttpServer;
    const mails: Mail[] = [];

    beforeAll(async () => {
      temporal = await testTemporal();
      database = await testDatabase();
      const nothing = { fetch: () => new Response(null, { status: 404 }) };
      const parts = {
        db: database.worker,
        keys: testKeyRing(),
        temporal: clientOnQueue(temporal, 'nobody-serves-it'),
        log: createLog(),
        now: () => new Date(),
      };
      const mailer = {
        kind: 'smtp' as const,
        send: (mail: Mail) => {
          mails.push(mail);
          return Promise.resolve({ state: 'sent' as const, detail: null });
        },
        close: () => undefined,
      };
      http = await serveHttp({
        apis: {
          graphql: () => Promise.resolve(new Response()),
          commands: nothing,
          preferences: nothing,
          forms: nothing,
          console: nothing,
          intake: createIntake(
            { ...parts, mailer, publicUrl: () => http.url },
            { form: { perAddressADay: 3, perHour: 50 }, shops: new Map() },
          ),
        },
        readiness: () => Promise.resolve({}),
        host: '127.0.0.1',
        port: await freePort(),
      });
    });
    afterAll(async () => {
      await browser.close();
      await http.stop();
      await database.drop();
      await temporal.stop();
    });

    test('every page of it passes the accessibility rules in every language, with faults on it too', {
      timeout: 240_000,
    }, async () => {
      const page = await (await browser.newContext({ bypassCSP: true })).newPage();
      for (const language of pageLanguages) {
        for (const path of ['', ...formTypes.map((type) => `/${type}`), '/confirm/nothing']) {
          await page.goto(`${http.url}/rights${path}?lang=${language}`);
          expect(await page.locator('html').getAttribute('lang')).toBe(language);
          expect(await axeViolations(page), `${path} ${language}`).toEqual([]);
        }
        await page.goto(`${http.url}/rights/rectification?lang=${language}`);
        await page.locator('form').evaluate((form) => form.setAttribute('novalidate', ''));
        await page.getByRole('button', { name: formWords[language].send }).click();
        expect(await page.getByRole('alert').allTextContents()).toEqual([
          formWords[language].emailWrong,
          formWords[language].newMissing,
        ]);
        expect(await axeViolations(page), `faults ${language}`).toEqual([]);
      }
      await page.context().close();
    });

    test('is filled by keyboard without any script, confirmed by the link in the mail, and the request is there', async () => {
      const page = await (await browser.newContext({ javaScriptEnabled: false, locale: 'it-IT' })).newPage();
      const words = formWords.it;
      await page.goto(`${http.url}/rights`);
      await page.getByRole('link', { name: words.types.access.title }).press('Enter');
      await page.getByLabel(words.email, { exact: true }).fill('someone@example.it');
      await page.getByLabel(words.email, { exact: true }).press('Enter');
      await page.getByText(words.sent).waitFor();
      const link = /http\S+/.exec(mails.at(-1)?.text ?? '')?.[0] ?? '';
      await page.goto(link);
      await page.getByRole('button', { name: words.confirm }).press('Enter');
      await page.getByText(words.confirmed).waitFor();
      const { rows } = await database.reader.query(sql`select type, opened_by from privacy_request`);
      expect(rows).toEqual([{ type: 'access', opened_by: 'form:form' }]);
      await page.context().close();
    });
  },
);
