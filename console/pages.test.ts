import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConnectors } from '../connectors/kit/registry.ts';
import { openLinked } from '../runtime/connector-tools.ts';
import { sharedRateBudget } from '../store/write/rate-budget.ts';
import { type BrevoTwin, startBrevoTwin } from '../test/twins/brevo.ts';
import type { Role } from '../domain/access/role.ts';
import { axeViolations, startBrowser } from '../test/support/browser.ts';
import { type ConsoleScene, consoleScene } from '../test/support/console-scene.ts';
import { people } from '../test/support/read-people.ts';
import { orLeftOut } from '../test/support/real/real-system.ts';
import { approvedBefore, hostile, requests, review, seedConsole, seedManualTask } from '../test/support/seed-console.ts';
import { languages, strings } from './words.ts';

const browsers = await orLeftOut(startBrowser());
const client = `/console/clients/${people.ana}`;
const request = (id: string): string => `/console/privacy/${id}`;

/** Every page that a DPO can open, by what stands in it. */
const paths = [
  '/console',
  client,
  `${client}/write`,
  `${client}/split`,
  `${client}/told`,
  `${client}/history`,
  `/console/clients/${people.quintana}`,
  '/console/privacy',
  '/console/privacy/new',
  `/console/privacy/new/${people.ana}`,
  request(requests.stopped),
  request(requests.planned),
  request(requests.over),
  `${request(requests.over)}/letter/completion`,
  `/console/reviews/${review}`,
  '/console/systems',
  '/console/systems/crm',
  '/console/data',
  '/console/data/purposes',
  '/console/data/record',
  '/console/data/retention',
  '/console/data/tasks',
  '/console/audit',
  '/console/metrics',
  '/console/metrics/REVENUE',
];
/** What has the focus, where nothing of it can be seen; runs in the page. @see WCAG 2.2, 2.4.11 */
function placeOfFocus(): string | undefined {
  const focused = document.activeElement;
  if (focused === null || focused === document.body) return undefined;
  const shares = [0.02, 0.25, 0.5, 0.75, 0.98];
  // of what is taller than the window, as a long table, the part that is in it
  const isSeen = [...focused.getClientRects()].some((rect) => {
    const [left, top] = [Math.max(rect.left, 0), Math.max(rect.top, 0)];
    const [right, bottom] = [Math.min(rect.right, innerWidth), Math.min(rect.bottom, innerHeight)];
    return shares.some((across) =>
      shares.some((down) => {
        const shown = document.elementFromPoint(left + (right - left) * across, top + (bottom - top) * down);
        return right > left && bottom > top && shown !== null && (focused.contains(shown) || shown.contains(focused));
      }),
    );
  });
  return isSeen ? undefined : focused.outerHTML.slice(0, 120);
}

/** Languages in which axe looks: one in the dark, one in the light. */
const looked: ReadonlySet<string> = new Set(['es', 'en']);
/** Pages that only the data team opens. */
const dataTeamPaths = ['/console/systems/new', '/console/systems/new/mailchimp'];

describe.each(browsers.map((browser) => [browser.version(), browser] as const))(
  'in Chromium %s',
  (_version, browser: Browser) => {
    let scene: ConsoleScene;
    let connectors: Awaited<ReturnType<typeof loadConnectors>>;
    let twin: BrevoTwin;
    beforeAll(async () => {
      connectors = await loadConnectors();
      twin = await startBrevoTwin();
      twin.lacking.add('/contacts');
      scene = await consoleScene({
        connectors: (language) => [...connectors.values()].flatMap(({ about }) => about?.(language) ?? []),
        limitsOf: ({ connector, config }) => connectors.get(connector)?.limits?.(config) ?? [],
        checkSystem: async ({ id, connector }) => {
          process.env['FICHA_TEST_BREVO'] = twin.apiKey;
          const config = { url: twin.url, secrets: { apiKey: 'env:FICHA_TEST_BREVO' } };
          return await (await openLinked(connectors, { id, connector, config }, () => new Date())).check();
        },
      });
      await seedConsole(scene.database);
    }, 120_000);
    afterAll(async () => {
      await browser.close();
      await scene.stop();
      await twin.stop();
    }, 60_000);

    async function visit(role: Role, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
      const page = await (await browser.newContext({ locale: 'en-GB', ...options })).newPage();
      await page.goto(`${scene.url}/console/sign-in`);
      await page.click(`button[value=${role}]`);
      await page.waitForURL(/\/console(\/metrics)?$/);
      return page;
    }

    const picture = async (page: Page, name: string): Promise<void> => {
      const folder = process.env['FICHA_SCREENS'];
      if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) });
    };

    test('a rectification without the right value goes no further, and what was typed is still there', {
      timeout: 60_000,
    }, async () => {
      const page = await visit('dpo');
      await page.goto(`${scene.url}/console/privacy/new/${people.ana}`);
      await page.check('input[name=type][value=rectification]');
      await page.fill('input[name=old]', 'Anna');
      await page.click('button.main');
      expect(await page.textContent('.trouble')).toContain(strings.en['open.lacksNew']);
      expect(await page.inputValue('input[name=old]')).toBe('Anna');
      await page.fill('input[name=new]', 'Ana');
      await page.click('button.main');
      expect(await page.textContent('main')).toContain('Anna → Ana');
    });

    test.each(languages)(
      'every page in %s: nothing that axe finds, light and dark, no sideways scrolling at 320 px, and hostile names stay text',
      { timeout: 240_000 },
      async (language) => {
        const colorScheme = language === 'es' ? 'dark' : 'light';
        const narrow = { locale: language, colorScheme, viewport: { width: 320, height: 640 }, bypassCSP: true } as const;
        const wrong: string[] = [];
        for (const [role, opened] of [
          ['dpo', paths],
          ['data-team', dataTeamPaths],
        ] as const) {
          const page = await visit(role, narrow);
          for (const path of opened) {
            const response = await page.goto(`${scene.url}${path}`);
            expect([path, response?.status()]).toEqual([path, 200]);
            expect(await page.getAttribute('html', 'lang')).toBe(language);
            if (language !== 'en' && role === 'data-team') expect(await page.locator('main [lang=en]').count(), path).toBe(0);
            // every page in both schemes; the other two languages differ in words alone
            const found = looked.has(language) ? await axeViolations(page) : [];
            const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
            wrong.push(
              ...found.map((violation) => `${path}: ${violation}`),
              ...(wide > 0 ? [`${path}: ${wide} px too wide`] : []),
            );
          }
          expect(await page.evaluate(() => 'attacked' in globalThis)).toBe(false);
          await page.context().close();
        }
        expect(wrong).toEqual([]);
      },
    );

    test('the reasons of a doubtful match can be read on a screen of 720 px, and its answers hide none of them', async () => {
      const page = await visit('dpo', { viewport: { width: 1280, height: 720 } });
      await page.goto(`${scene.url}/console/reviews/${review}`);
      const seen = await page.locator('.reasons li').evaluateAll((all) =>
        all.map((one) => {
          const { left, bottom } = one.getBoundingClientRect();
          return one.contains(document.elementFromPoint(left + 2, bottom - 2));
        }),
      );
      expect(seen.length).toBeGreaterThan(1);
      expect(seen).not.toContain(false);
      await page.context().close();
    });

    test('hostile names reach the pages whole, as text, and what is found shows them too', async () => {
      const page = await visit('dpo');
      await page.goto(`${scene.url}${client}`);
      expect(await page.textContent('.identity h1')).toBe(hostile);
      for (const path of paths) {
        await page.goto(`${scene.url}${path}`);
        expect(await page.locator('script:not([src]), main img, [onerror]').count(), path).toBe(0);
      }
      await page.goto(`${scene.url}/console`);
      await page.fill('#q', 'nunez');
      await page.waitForSelector('.found a');
      expect(await page.textContent('.found a strong')).toBe(hostile);
      await page.context().close();
    });

    test('where a value comes from opens on hover and on focus alone, with source, time, rule and what lost; Escape closes it', async () => {
      const page = await visit('dpo');
      await page.goto(`${scene.url}${client}`);
      const [button, tip] = [page.locator('[aria-describedby=origin-emails]'), page.locator('#origin-emails')];
      expect(await tip.isVisible()).toBe(false);
      await button.hover();
      expect(await tip.isVisible()).toBe(true);
      await page.mouse.move(0, 0);
      expect(await tip.isVisible()).toBe(false);
      await button.focus();
      expect(await tip.innerText()).toMatch(/From erp, record e-01[\s\S]*2026[\s\S]*highest rank[\s\S]*crm: <script>/);
      await page.keyboard.press('Escape');
      expect(await tip.isVisible()).toBe(false);
      await page.context().close();
    });

    test('a stopped or late request is red on the first page, in the list and above its plan, and leads to what is needed', async () => {
      const page = await visit('dpo');
      expect(await page.textContent('.red')).toMatch(/past their deadline: 1[\s\S]*need you: 1/);
      await page.click('.red a');
      await page.waitForURL(/\/console\/privacy$/);
      expect(await page.locator('tr.needs-you').count()).toBe(1);
      await page.click('tr.needs-you a');
      expect(await page.title()).toMatch(/^⚠/);
      expect(await page.textContent('.identity')).toContain('Elena Rossi');
      expect(await page.textContent('#live')).toMatch(/grace until 15 Jan 2027/);
      const above = await page.evaluate(() => {
        const place = (selector: string) => document.querySelector(selector)?.getBoundingClientRect().top ?? Number.NaN;
        return place('section.tasks') < place('#live');
      });
      expect(above).toBe(true);
      await picture(page, 'privacy-red');
      await page.context().close();
    });

    test('a manual task takes a file as its proof, which comes back as it was; extending and refusing come with their letters', {
      timeout: 60_000,
    }, async () => {
      const page = await visit('dpo');
      await page.goto(`${scene.url}/console/privacy/new/${people.ana}`);
      await page.check('input[name=type][value=erasure]');
      await page.click('form button.main');
      await page.click('form:has(input[name=confirmed]) button.main');
      await page.waitForURL(/told=open\.done/);
      const address = page.url().replace(/\?.*$/, '');
      await seedManualTask(scene.database, address.slice(-36));
      await page.goto(address);
      const bytes = Buffer.from('%PDF-1.4 what the vendor answered');
      await page.setInputFiles('input[name=proof]', { name: 'answer.pdf', mimeType: 'application/pdf', buffer: bytes });
      await page.click('button[value=done]');
      await page.waitForURL(/told=privacy\.settled/);
      await page.click(`summary:has-text("${strings.en['privacy.evidence'].replace('{n}', '1')}")`);
      const [proof] = await Promise.all([
        page.waitForEvent('download'),
        page.click(`a:text("${strings.en['privacy.proofUploaded']}")`),
      ]);
      expect(readFileSync(await proof.path())).toEqual(bytes);

      await page.goto(address);
      await page.click(`summary:text("${strings.en['privacy.extend']}")`);
      await page.click('a[href$="/letter/extension"]');
      expect(await page.getAttribute('.letter', 'lang')).toBe('es'); // a client of Spain
      await page.goto(address);
      await page.click(`summary:text("${strings.en['privacy.extend']}")`);
      await page.fill('form[action$="/extend"] input[name=reason]', 'many systems');
      await page.click('form[action$="/extend"] button');
      await page.waitForURL(/told=privacy\.extendedNow/);
      expect(await page.textContent('main')).toContain(strings.en['privacy.extended']);
      await page.goto(`${scene.url}${request(requests.planned)}`);
      await page.click(`summary:text-is("${strings.en['privacy.refuse']}")`);
      expect(await page.locator('form[action$="/refuse"] input[name=reason]').isVisible()).toBe(true);
      await page.click('a[href$="/letter/refusal"]');
      expect(await page.getAttribute('.letter', 'lang')).toBe('es');
      await page.context().close();
    });

    test('a page that nobody touches leaves by itself', async () => {
      const page = await visit('dpo');
      await page.clock.install();
      await page.goto(`${scene.url}${client}`);
      await page.clock.fastForward('14:00');
      expect(page.url()).toContain(client);
      await page.clock.fastForward('02:00');
      await page.waitForURL(/sign-in\?why=idle/);
      await page.context().close();
    });

    test('a minute before that a dialog says so: a key or its button stays signed in, as often as one likes', async () => {
      const page = await visit('dpo', { bypassCSP: true });
      await page.clock.install();
      await page.goto(`${scene.url}${client}`);
      const dialog = page.locator('dialog#idle');
      const stay = dialog.locator('button');
      for (const answer of [() => stay.click(), () => page.keyboard.press('Enter')]) {
        await page.clock.fastForward('13:50');
        expect(await dialog.isVisible()).toBe(false);
        await page.clock.fastForward('00:20');
        await expect.poll(() => dialog.isVisible()).toBe(true);
        expect(await stay.evaluate((button) => button === document.activeElement)).toBe(true);
        expect(await axeViolations(page)).toEqual([]);
        await page.clock.fastForward('00:40'); // time to read it: 20 seconds at least, WCAG 2.2.1
        await answer();
        expect(await dialog.isVisible()).toBe(false);
        expect(page.url()).toContain(client);
      }
      await page.context().close();
    });

    test.each([
      ['wide', { width: 1_280, height: 720 }],
      ['narrow', { width: 320, height: 640 }],
      ['enlarged fourfold', { width: 320, height: 256 }],
    ] as const)(
      '%s: whatever the keyboard leads to, forward or back, no bar that stays in place hides it',
      {
        timeout: 120_000,
      },
      async (_name, viewport) => {
        const page = await visit('dpo', { viewport });
        const hidden: string[] = [];
        for (const path of [client, `${client}/write`, `${client}/split`, `${client}/history`, `/console/reviews/${review}`]) {
          await page.goto(`${scene.url}${path}`);
          const stops = await page.locator('a[href], button, input:not([type=hidden]), select, textarea, summary').count();
          for (const key of ['Tab', 'Shift+Tab']) {
            for (let stop = 0; stop < stops; stop += 1) {
              await page.keyboard.press(key);
              const place = await page.evaluate(placeOfFocus);
              if (place !== undefined) hidden.push(`${path}, ${key}: ${place}`);
            }
          }
        }
        expect(hidden).toEqual([]);
        await page.context().close();
      },
    );

    test('limits used are those of the budget that all workers share; a right that is missing is marked where it is granted', async () => {
      const brevo = connectors.get('brevo');
      const rules = brevo?.limits?.({ callsPerSecond: 20 }) ?? [];
      await scene.database.owner.query({
        text: `insert into ficha.linked_system (id, connector, title, config) values ('news', 'brevo', 'News', '{"callsPerSecond": 20}')`,
        values: [],
      });
      await sharedRateBudget(scene.database.worker, 'news', rules, 60_000).pause(3_600_000);
      const page = await visit('data-team');
      await page.goto(`${scene.url}/console/systems/news`);
      expect(await page.textContent('.limits')).toMatch(/0 of 20 in 1 s/);
      expect(await page.textContent('main')).toContain(strings.en['limits.paused']);
      await page.click(`button:text("${strings.en['systems.check']}")`);
      expect(await page.textContent('.scopes .alarm')).toMatch(/Missing:[\s\S]*Settings > SMTP & API > API keys/);
      await page.context().close();
    });

    test('a plan that one person approved says who, and that a second person is needed', async () => {
      const page = await visit('dpo');
      await page.goto(`${scene.url}${request(requests.planned)}`);
      expect(await page.textContent('main')).toContain(strings.en['privacy.secondPerson'].replace('{who}', approvedBefore));
      expect(await page.locator('form:has(input[name=planHash]) button').isEnabled()).toBe(true);
      await page.context().close();
    });
  },
);
