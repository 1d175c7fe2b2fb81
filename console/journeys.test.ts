import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LinkSystem } from '../schemas/types.ts';
import { collectStops } from '../runtime/stops.ts';
import { startBrowser } from '../test/support/browser.ts';
import { startMaildev } from '../test/support/real/maildev.ts';
import { approve, settleWhatAsks } from '../test/support/privacy-in-browser.ts';
import { type SampleConsole, startSampleConsole } from '../test/support/sample-console.ts';
import { orLeftOut } from '../test/support/real/real-system.ts';
import { wellKnown } from '../test/twins/sample-job.ts';
import { sampleSeeds } from '../test/twins/sample-seeds.ts';
import { sampleWorld } from '../test/twins/sample-world.ts';
import { strings } from './words.ts';

const browsers = await orLeftOut(startBrowser());
const [mailServer] = browsers.length === 0 ? [] : await orLeftOut(startMaildev());
/** The main job erases the first of these; a helpdesk keeps old values, and an erasure there waits for a person. */
const [, notInHelpdesk = ''] = wellKnown(sampleSeeds(sampleWorld(1_000))).notInHelpdesk;
/** Set to docs/screens to take the pictures of the documents anew. */
const pictures = process.env['FICHA_SCREENS'];

describe.each(browsers.map((browser) => [browser.version(), browser] as const))(
  'in Chromium %s',
  (_version, browser: Browser) => {
    const stops = collectStops();
    let scene: SampleConsole;
    let url: string;
    let workbook: LinkSystem;
    const visit: SampleConsole['visit'] = (...who) => scene.visit(...who);

    beforeAll(async () => {
      const mail = mailServer ? { FICHA_SMTP_URL: mailServer.url, FICHA_MAIL_FROM: 'Acme <hello@acme.example>' } : {};
      if (mailServer) stops.add(() => mailServer.stop());
      scene = await startSampleConsole(browser, mail);
      stops.add(() => scene.stop());
      ({ url, workbook } = scene);
    }, 300_000);
    afterAll(async () => {
      await browser.close();
      await stops.stop();
    }, 60_000);

    const picture = async (page: Page, name: string): Promise<void> => {
      if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`) });
    };

    test('front office: finds a client with the keyboard alone and writes down a no, which is passed on', async () => {
      const { page, trouble } = await visit('front-office');
      await page.keyboard.type('garcia');
      await page.waitForSelector('.found a');
      await picture(page, 'find');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/console\/clients\//);
      expect(page.url()).not.toMatch(/garcia/i);
      expect(await page.textContent('.identity h1')).toMatch(/Garc[ií]a/i);
      await page.click('details.form summary');
      await page.selectOption('select[name=channel]', 'sms');
      await page.click('button[value=denied]');
      await page.waitForSelector('[role=status]');
      await picture(page, 'client');
      expect(await page.textContent('.matrix')).toMatch(/SMS/);
      expect(await page.locator('.matrix td.denied').count()).toBeGreaterThan(0);
      expect(trouble).toEqual([]);
    });

    test('front office: writes to a client from their ficha; the mail goes to them alone and stands on the timeline', {
      timeout: 120_000,
    }, async () => {
      const { page, trouble } = await visit('front-office');
      await page.fill('#q', 'navarro');
      await page.waitForSelector('.found a');
      await openSomebodyToWriteTo(page);
      const name = (await page.textContent('.identity h1'))?.trim() ?? '';
      expect(await page.textContent('form button.main')).toContain(name);
      expect(await page.locator('input[name=way]:disabled').count()).toBeGreaterThan(0); // nobody advertises without a yes
      await page.fill('input[name=subject]', 'Your order 😀');
      await page.fill('textarea[name=text]', 'It leaves tomorrow.');
      await picture(page, 'write');
      await page.click('form button.main');
      await page.waitForSelector('.timeline li:has-text("Your order 😀") .badge.good');
      const caught = (await mailServer?.mails())?.filter(({ subject }) => subject === 'Your order 😀') ?? [];
      if (mailServer) {
        expect(caught).toHaveLength(1);
        expect(await page.textContent('.values')).toContain(caught[0]?.to[0]?.address);
      }
      expect(trouble).toEqual([]);
    });

    /** The first that was found whom a message may go to: some share their mailbox, and some said no to everything. */
    async function openSomebodyToWriteTo(page: Page): Promise<void> {
      const found = await page
        .locator('.found li:has(.kind:text("person")) a')
        .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
      for (const path of found) {
        await page.goto(`${url}${path}`);
        await page.click(`a:text("${strings.en['client.write']}")`);
        await page.waitForURL(/\/write$/); // the ficha has forms of its own
        if ((await page.locator('input[name=way]:enabled').count()) > 0) return;
      }
      throw new Error('nobody in the sample may be written to');
    }

    test('DPO: opens an erasure in three steps, sees where the person was found, approves, watches it end and holds the proof', {
      timeout: 120_000,
    }, async () => {
      const { page, trouble } = await visit('dpo');
      await page.goto(`${url}/console/privacy/new`);
      await page.fill('#q', notInHelpdesk);
      await page.keyboard.press('Enter');
      await page.click('.found li:has(.kind:text("person")) a');
      await page.check('input[name=type][value=erasure]');
      await page.click('button.main');
      expect(await page.textContent('main')).toContain(strings.en['open.confirmWhy']);
      await page.click('form:has(input[name=confirmed]) button.main');
      await page.waitForURL(/told=open\.done/);
      await page.goto(`${url}/console/privacy`);
      await picture(page, 'privacy-inbox');
      await page.click('tbody tr a');
      await settleWhatAsks(page);
      await page.waitForSelector('form:has(input[name=planHash]) button', { timeout: 60_000 });
      expect(await page.locator('section.system h3').allInnerTexts()).toEqual(
        expect.arrayContaining([expect.stringMatching(/^ERP \(Tryton\) erp/)]),
      );
      await picture(page, 'privacy-plan');
      await approve(page);
      await page.waitForSelector('text=/^complete/', { timeout: 60_000 });
      await page.waitForSelector(`a:text("${strings.en['privacy.certificate']}")`, { timeout: 60_000 });
      await picture(page, 'privacy-proof');
      const missed = await page.evaluate(
        async (at) => await (await fetch(`${at}/live?part=old&offer=old`)).text(),
        page.url().split('?')[0],
      );
      expect(missed).toMatch(/event: part[\s\S]*event: reload/); // what ended before the browser listened is told all the same
      const [certificate] = await Promise.all([
        page.waitForEvent('download'),
        page.click(`a:text("${strings.en['privacy.certificate']}")`),
      ]);
      expect(certificate.suggestedFilename()).toBe('certificate.json');
      await page.goto(`${url}/console/audit`);
      await page.click(`button:text("${strings.en['audit.verify']}")`);
      expect(await page.textContent('[role=status]')).toMatch(/^Whole: \d+/);
      const done = await page.locator('main tbody td:nth-child(4)').allInnerTexts();
      expect(done).toContain(strings.en['audited.request.open']);
      expect(done.filter((words) => /^[a-z-]+\.[a-z.-]+$/.test(words))).toEqual([]);
      expect(await page.getAttribute('header a[href="/console/data"]', 'aria-current')).toBe('page');
      expect(trouble).toEqual([]);
    });

    test('DPO: what stops a request shows while one looks, with what can be done, and the decision is offered no more', {
      timeout: 120_000,
    }, async () => {
      const { page } = await visit('dpo');
      await page.goto(`${url}/console/privacy/new`);
      await page.fill('#q', 'garcia');
      await page.keyboard.press('Enter');
      await chooseFromHelpdesk(page);
      await page.check('input[name=type][value=erasure]');
      await page.click('button.main');
      await page.click('form:has(input[name=confirmed]) button.main');
      await settleWhatAsks(page);
      await page.waitForSelector('form:has(input[name=planHash]) button', { timeout: 60_000 });
      await approve(page);
      await page.waitForSelector('button[value=look-again]', { timeout: 60_000 }); // nobody reloads
      expect(await page.locator('section.system.alarm').count()).toBeGreaterThan(0);
      expect(await page.locator('form:has(input[name=planHash])').count()).toBe(0);
    });

    /** Goes on with the first of those found whom the helpdesk knows. */
    async function chooseFromHelpdesk(page: Page): Promise<void> {
      const links = '.found li:has(.kind:text("person")) a';
      await page.waitForSelector(links);
      for (const path of await page.locator(links).evaluateAll((found) => found.map((one) => one.getAttribute('href') ?? ''))) {
        await page.goto(`${url}${path.replace('/privacy/new/', '/clients/')}`);
        if ((await page.textContent('.records'))?.includes('helpdesk:') !== true) continue;
        return void (await page.goto(`${url}${path}`));
      }
      throw new Error('the sample has nobody of that name in the helpdesk');
    }

    test('DPO: what is processed, on one page each; the record prints, a letter comes in the language of the person or another', async () => {
      const { page, trouble } = await visit('dpo');
      await page.goto(`${url}/console/data`);
      await picture(page, 'data-map');
      for (const [label, name] of [
        ['purposes.title', 'purposes'],
        ['record.title', 'processing-record'],
        ['retention.title', 'retention'],
      ] as const) {
        await page.click(`nav.places a:text("${strings.en[label]}")`);
        await page.waitForSelector(`h1:text("${strings.en[label]}")`);
        await picture(page, name);
      }
      await page.click('nav.places a:has-text("Record")');
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('nav').first().isVisible()).toBe(false);
      expect(await page.locator('table').first().isVisible()).toBe(true);
      await page.emulateMedia({ media: 'screen' });
      await page.goto(`${url}/console/privacy`);
      await page.click('.ended a');
      await page.click('a[href*="/letter/"]');
      await page.click('nav.places a[lang=fr]');
      expect(await page.getAttribute('.letter', 'lang')).toBe('fr');
      await picture(page, 'letter');
      expect(trouble).toEqual([]);
    });

    test('data team: decides doubtful matches by key, and takes the last answer back', async () => {
      const { page, trouble } = await visit('data-team');
      await page.goto(`${url}/console/reviews`);
      await picture(page, 'review');
      const waiting = async (): Promise<number> =>
        Number(/Waiting: ([\d,]+)/.exec((await page.textContent('main')) ?? '')?.[1]?.replace(',', ''));
      const before = await waiting();
      await page.keyboard.press('d');
      await page.waitForSelector('button[data-key=u]');
      expect(await waiting()).toBe(before - 1);
      await page.keyboard.press('u');
      await page.waitForSelector(`text=${strings.en['review.undone']}`);
      expect(trouble).toEqual([]);
    });

    test('data team: parts a record by keyboard, sees the effect at once, drags it back, splits, and takes it back', {
      timeout: 180_000,
    }, async () => {
      const { page, trouble } = await visit('data-team');
      const client = await someClientOf(page, 2);
      await page.goto(`${client}/split`);
      const [stays, leaves] = [page.locator('[data-drop=stay] li'), page.locator('[data-drop=part] li')];
      const all = await stays.count();
      await page.focus('[data-drop=stay] li input');
      await page.keyboard.press('Space');
      await page.waitForSelector('#effect table');
      expect(await page.evaluate(() => document.activeElement?.closest('[data-drop=part]') !== null)).toBe(true);
      expect([await stays.count(), await leaves.count()]).toEqual([all - 1, 1]);
      await picture(page, 'split');
      await page.dragAndDrop('[data-drop=part] li', '[data-drop=stay] legend');
      await page.waitForSelector('#effect .empty');
      expect([await stays.count(), await leaves.count()]).toEqual([all, 0]);
      await page.dragAndDrop('[data-drop=stay] li', '[data-drop=part] legend');
      await page.waitForSelector('#effect table');
      await page.click('button[value=split]');
      await page.waitForURL(/\/history\?told=split/);
      const records = async (): Promise<number> => {
        await page.goto(client);
        return await page.locator('.records li').count();
      };
      await expect.poll(records, { timeout: 60_000, interval: 500 }).toBe(all - 1);
      await page.goto(`${client}/history`);
      await page.click(`button:text("${strings.en['history.undo']}")`);
      await page.waitForSelector(`text=${strings.en['history.undone']}`);
      await expect.poll(records, { timeout: 60_000, interval: 500 }).toBe(all);
      expect(trouble).toEqual([]);
    });

    /** The page of the first person found who is made up of at least so many records. */
    async function someClientOf(page: Page, least: number): Promise<string> {
      await page.fill('#q', 'martinez');
      await page.waitForSelector('.found li:has(.kind:text("person")) a');
      const links = await page
        .locator('.found li:has(.kind:text("person")) a')
        .evaluateAll((found) => found.map((one) => one.getAttribute('href') ?? ''));
      for (const path of links) {
        await page.goto(`${url}${path}`);
        if ((await page.locator('.records li').count()) >= least) return `${url}${path}`;
      }
      throw new Error('nobody found is made up of several records');
    }

    test('data team: the form of a connector comes from its manifest; a wrong address is told, and nothing is linked', async () => {
      const { page } = await visit('data-team');
      await page.goto(`${url}/console/systems/new/tryton`);
      await picture(page, 'link-system');
      const before = await linked(page);
      await page.goto(`${url}/console/systems/new/tryton`);
      for (const input of await page.locator('input[required]').all())
        if ((await input.inputValue()) === '') await input.fill('http://127.0.0.1:9');
      await page.click('button[value=check]');
      expect(await page.locator('.trouble, .warning').count()).toBeGreaterThan(0);
      expect(await linked(page)).toBe(before);
    });

    const linked = async (page: Page): Promise<number> => {
      await page.goto(`${url}/console/systems`);
      return await page.locator('tbody tr').count();
    };

    test('data team: looks at what would come before linking a system, links it, and watches its first pull', {
      timeout: 120_000,
    }, async () => {
      const { page, trouble } = await visit('data-team');
      await page.goto(`${url}/console/systems/new/${workbook.connector}`);
      for (const [name, value] of Object.entries(workbook.config)) {
        const shown = page.locator(`[id="config.${name}"]`);
        const typed = typeof value === 'string' ? value : JSON.stringify(value);
        if ((await shown.evaluate((element) => element.tagName)) === 'SELECT') await shown.selectOption(typed);
        else await shown.fill(typed);
      }
      await page.fill('#id', 'second-sheet');
      await page.click('button[value=preview]');
      await page.waitForSelector('#preview');
      expect(await page.locator('section:has(#preview) td[dir=auto]').count()).toBeGreaterThan(0);
      await picture(page, 'preview');
      await page.click('button[value=link]'); // the form keeps what was typed
      await page.waitForURL(/systems\/second-sheet$/);
      await page.waitForSelector('#live .badge.good', { timeout: 90_000 });
      // of the runs, not of the last one: at the full hour the schedule's own pull comes after it
      await page.reload();
      const read = await page.locator('#runs + .scroll td:nth-child(4)').allTextContents();
      expect(read.some((count) => /[1-9]/.test(count))).toBe(true);
      expect(trouble).toEqual([]);
    });

    test('data team: pulls a system and sees it done', { timeout: 60_000 }, async () => {
      const { page, trouble } = await visit('data-team');
      await page.goto(`${url}/console/systems/sheet`);
      await page.click('button[value=incremental]');
      await page.waitForSelector('#live .badge.good', { timeout: 50_000 });
      await picture(page, 'system');
      expect(await page.textContent('main')).toContain(strings.en['systems.erase']);
      expect(trouble).toEqual([]);
    });

    test('analyst: a chart with bands, why it is anonymous, and the same as CSV', async () => {
      const { page, trouble } = await visit('analyst');
      await page.goto(`${url}/console/metrics/ACTIVE_CLIENTS`);
      await picture(page, 'metric');
      expect(await page.locator('.chart .band').count()).toBeGreaterThan(5);
      const [file] = await Promise.all([page.waitForEvent('download'), page.click('a:text("CSV")')]);
      expect(file.suggestedFilename()).toBe('active-clients.csv');
      const [head, ...lines] = readFileSync(await file.path(), 'utf8')
        .trim()
        .split('\r\n');
      expect(head).toBe('month,state,value,low,high,unit');
      const shown = await page.locator('main table tbody tr').allInnerTexts();
      expect(lines).toHaveLength(shown.length);
      const figures = lines.map((line) => line.split(','));
      // a figure of a hundred and more comes whole: the digits behind its point are noise
      const digits = figures.some(([, , , , high = '']) => Number(high) >= 100) ? 0 : 2;
      const written = { minimumFractionDigits: digits, maximumFractionDigits: digits };
      for (const [place, [month = '', , value = '', low = '', high = '']] of figures.entries()) {
        const row = shown[place] ?? '';
        expect(row).toContain(month);
        for (const text of [value, low, high].filter((one) => one !== ''))
          expect(row).toContain(Number(text).toLocaleString('en-GB', written));
      }
      const points = figures.filter(([, , value]) => value !== '').length;
      expect(await page.locator('.chart .point').count()).toBe(points);
      const bands = await page.locator('.chart .band').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
      expect(bands.every((height) => height > 0)).toBe(true);
      expect(trouble).toEqual([]);
    });
  },
);
