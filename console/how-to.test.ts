import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collectStops } from '../runtime/stops.ts';
import { startBrowser } from '../test/support/browser.ts';
import { approve, settleWhatAsks } from '../test/support/privacy-in-browser.ts';
import { orLeftOut } from '../test/support/real/real-system.ts';
import { type SampleConsole, startSampleConsole } from '../test/support/sample-console.ts';
import { strings } from './words.ts';

/** The page that these steps follow, as a reader does. */
const howTo = readFileSync('docs/how-to/use-the-console.md', 'utf8');
const sections = [...howTo.matchAll(/^## (.+)$/gm)].map(([, title = '']) => title);
/** The parts of the page, each followed by a test of its own. */
const parts = {
  find: 'Find any client',
  request: 'Run a privacy request (DPO)',
  review: 'Review doubtful matches (data team, DPO)',
  systems: 'Linked systems (data team)',
  data: 'Consent and data; audit log (DPO)',
  metrics: 'Metrics (analyst)',
} as const;
const browsers = await orLeftOut(startBrowser());
const words = strings.en;
const pictures = process.env['FICHA_SCREENS'];
const people = '.found li:has(.kind:text("person")) a';

/** Does what one sentence of the page says. A sentence that stands there no more is a step that nobody asks for. */
async function step(section: (typeof parts)[keyof typeof parts], sentence: string, act: () => Promise<void>): Promise<void> {
  const start = howTo.indexOf(`## ${section}`);
  const part = howTo.slice(start, howTo.indexOf('\n## ', start + 1) === -1 ? undefined : howTo.indexOf('\n## ', start + 1));
  expect(part.replaceAll(/\s+/g, ' '), section).toContain(sentence);
  await act();
}

const file = async (page: Page, link: Locator): Promise<string> => {
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  return readFileSync(await download.path(), 'utf8');
};
const answered = (page: Page, key: string) =>
  Promise.all([
    page.waitForResponse((one) => one.request().method() === 'POST' && /\/reviews\//.test(one.url())),
    page.keyboard.press(key),
  ]);
const hrefs = async (links: Locator): Promise<readonly string[]> =>
  await links.evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''));

test('the page has no part that is not followed here', () => {
  expect(sections).toEqual(Object.values(parts));
});

describe.each(browsers.map((browser) => [browser.version(), browser] as const))(
  'the how-to of the console, followed in Chromium %s',
  (_version, browser: Browser) => {
    const stops = collectStops();
    let scene: SampleConsole;
    beforeAll(async () => {
      scene = await startSampleConsole(browser);
      stops.add(() => scene.stop());
    }, 600_000);
    afterAll(async () => {
      await browser.close();
      await stops.stop();
    }, 60_000);

    test('find any client', { timeout: 120_000 }, async () => {
      const { page, trouble } = await scene.visit('front-office');
      await page.fill('#q', 'martinez');
      await page.waitForSelector(people);
      const [first = ''] = await hrefs(page.locator(people));
      await page.goto(`${scene.url}${first}`);
      await step(parts.find, '`/` leads to the box from anywhere', async () => {
        await page.keyboard.press('/');
        await page.waitForURL(/\/console$/);
        expect(await page.evaluate(() => document.activeElement?.id)).toBe('q');
        await page.keyboard.press('/'); // once more, by whoever did not see that it was there already
        expect(await page.inputValue('#q')).toBe('');
      });
      await step(parts.find, 'typos are forgiven', async () => {
        await page.keyboard.type('martinze');
        await page.waitForSelector(people);
        const first = page.locator(people).first(); // what was found by the first letters may still stand there
        await expect.poll(() => first.innerText(), { timeout: 10_000 }).toMatch(/mart[ií]nez/i);
      });
      await step(parts.find, 'the arrows walk through the results, Enter opens', async () => {
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('ArrowUp');
        await page.keyboard.press('Enter');
        await page.waitForURL(/\/console\/clients\/[0-9a-f-]{36}$/);
      });
      await step(parts.find, 'it stands in no address, history or log', async () => {
        await page.goBack();
        expect(page.url()).not.toMatch(/mart/i);
        await page.goForward();
      });
      const client = page.url();
      await step(
        parts.find,
        'the name and the last digits of the number are the same on every page about one client',
        async () => {
          const header = await page.locator('.identity').innerText();
          const colour = await page.locator('.identity').getAttribute('class');
          await page.click(`a:text("${words['client.write']}")`);
          await page.waitForURL(/\/write$/);
          expect(await page.locator('.identity').getAttribute('class')).toBe(colour);
          expect(await page.locator('.identity').innerText()).toBe(header);
          await page.goto(client);
        },
      );
      await step(parts.find, 'a yes needs the version of the text that was read to them', async () => {
        await page.click('details.form summary');
        const forged = page.locator('details.form form').first();
        await forged.locator('button[value=granted]').click();
        expect(await page.locator('input[name=textVersion]:invalid, .trouble').count()).toBeGreaterThan(0);
      });
      expect(trouble.filter((line) => !line.includes('422'))).toEqual([]);
    });

    test('run a privacy request: a package, handed out', { timeout: 180_000 }, async () => {
      const { page, trouble } = await scene.visit('dpo');
      await step(parts.request, '**Who**: find the person. **What**: the right they use', async () => {
        await page.goto(`${scene.url}/console/privacy/new`);
        await page.fill('#q', 'martinez');
        await page.keyboard.press('Enter');
        await page.waitForSelector(people);
        await page.locator(people).nth(2).click();
        await page.check('input[name=type][value=portability]');
        await page.click('button.main');
      });
      const name = (await page.locator('.identity h1, .identity .as-title').first().innerText()).trim();
      await step(parts.request, '**Confirm**: nothing is done before this.', async () => {
        expect(await page.textContent('main')).toContain(words['open.confirmWhy']);
        await page.click('form:has(input[name=confirmed]) button.main');
        await page.waitForURL(/told=open\.done/);
      });
      await step(parts.request, 'Answer what asks you', () => settleWhatAsks(page));
      await step(parts.request, 'then approve', async () => {
        const over = page.locator(`a:text("${words['privacy.package']}")`);
        await expect
          .poll(async () => (await over.count()) + (await page.locator('form:has(input[name=planHash])').count()), {
            timeout: 60_000,
          })
          .toBeGreaterThan(0);
        if ((await over.count()) === 0) await approve(page);
        await over.waitFor({ timeout: 60_000 });
      });
      await step(parts.request, 'the package (or make a link for the person)', async () => {
        const text = await file(page, page.locator(`a:text("${words['privacy.package']}")`));
        expect(JSON.parse(text)).toBeTypeOf('object');
        expect(text.toLowerCase()).toContain((name.split(/\s+/)[0] ?? '').toLowerCase());
        await page.click(`button:text("${words['privacy.packageLink']}")`);
        const path = /\/v1\/links\/package\/[\w-]+/.exec((await page.textContent('[role=status]')) ?? '')?.[0] ?? '';
        const person = await (await browser.newContext()).newPage(); // who has no account here
        await person.goto(`${scene.url}${path}`);
        expect(await file(person, person.locator('button'))).toBe(text.trim());
        await person.goto(`${scene.url}${path}`); // it works once
        await person.click('button');
        expect(await person.textContent('body')).toContain('no-package');
        await person.context().close();
      });
      await step(parts.request, 'the certificate (JSON to check offline, or a page to read)'.slice(4), async () => {
        const certificate: unknown = JSON.parse(
          await file(page, page.locator(`a:text("${words['privacy.certificate']}")`).first()),
        );
        expect(certificate).toHaveProperty('signature');
        await page.click('a[href$="certificate?language=it"]');
        expect(await page.getAttribute('html', 'lang')).toBe('it');
      });
      expect(trouble).toEqual([]);
    });

    test('review doubtful matches, by key', { timeout: 120_000 }, async () => {
      const { page, trouble } = await scene.visit('data-team');
      await page.goto(`${scene.url}/console/reviews`);
      const shown = () => page.locator('form.answers').getAttribute('action');
      const left = async () => Number(/Waiting: ([\d,]+)/.exec((await page.textContent('main')) ?? '')?.[1]?.replace(',', ''));
      for (const [key, answer] of [
        ['s', 'same'],
        ['d', 'different'],
        ['l', 'later'],
      ] as const) {
        await step(parts.review, `\`${key.toUpperCase()}\` ${answer}`, async () => {
          const [before, waiting] = [await shown(), await left()];
          const [response] = await answered(page, key);
          expect(response.request().postData()).toContain(`answer=${answer}`);
          await page.waitForSelector('button[data-key=u]');
          await expect.poll(shown).not.toBe(before);
          expect(await left()).toBeLessThan(waiting);
        });
        await step(parts.review, '`U` undo', async () => {
          const waiting = await left();
          await answered(page, 'u');
          await page.waitForSelector(`text=${words['review.undone']}`);
          // the records are resolved again first, and the question comes with that
          const leftNow = async () => (await page.goto(`${scene.url}/console/reviews`), await left());
          await expect.poll(leftNow, { timeout: 60_000, interval: 500 }).toBeGreaterThan(waiting);
        });
      }
      await step(parts.review, '"What would happen" counts what each would hold', async () => {
        await page.click(`summary:text("${words['review.effect']}")`);
        expect(await page.locator('details[open]').innerText()).toMatch(/records: \d/);
      });
      expect(trouble).toEqual([]);
    });

    test('linked systems', { timeout: 120_000 }, async () => {
      const { page, trouble } = await scene.visit('data-team');
      await step(parts.systems, "the form comes from the connector's manifest; secrets are references", async () => {
        await page.goto(`${scene.url}/console/systems/new/mailchimp`);
        expect(await page.locator('[id^="config."]').count()).toBeGreaterThan(0);
        expect(await page.locator('input[type=password]').count()).toBe(0);
        expect(await page.textContent('main')).toContain('env:');
      });
      await step(parts.systems, '"Check the connection" writes nothing', async () => {
        await page.goto(`${scene.url}/console/systems/erp`);
        await page.click(`button:text("${words['systems.check']}")`);
        await page.waitForSelector('[role=status], [role=alert], .said, .trouble');
      });
      await step(parts.systems, 'how fresh it is', async () => {
        expect(await page.locator('.facts-grid .badge').first().innerText()).toBe(words['systems.fresh']);
      });
      await step(parts.systems, 'what erasing really does there', async () => {
        expect(await page.textContent('main')).toContain(words['systems.erase']);
        if (pictures !== undefined) await page.screenshot({ path: join(pictures, 'system.png') });
      });
      expect(trouble).toEqual([]);
    });

    test('consent and data; audit log', { timeout: 120_000 }, async () => {
      const { page, trouble } = await scene.visit('dpo');
      await step(
        parts.data,
        'The ficha\'s "Who was told" lists each system with its answer, and downloads the consent receipt',
        async () => {
          await page.fill('#q', 'martinez');
          await page.waitForSelector(people);
          await page.locator(people).first().click();
          await page.waitForURL(/\/clients\//);
          await page.click(`a:text("${words['told.link']}")`);
          expect(JSON.parse(await file(page, page.locator('a[href$="/receipt"]')))).toBeTypeOf('object');
        },
      );
      for (const [sentence, address, shown] of [
        ['**Data map**: which system holds which kind of data, as a picture and a table', '/console/data', 'svg.map'],
        [
          '**Purposes and texts**: what people are asked, word for word and version by version',
          '/console/data/purposes',
          'main section.card h3',
        ],
        ['**Record of processing** (GDPR art. 30): made from what is there, prints well', '/console/data/record', 'main table'],
        ['**Consent tasks**: systems that do not take a "no"', '/console/data/tasks', 'main h1'],
        ['**Retention**: people not heard of for too long', '/console/data/retention', 'main h1'],
      ] as const) {
        await step(parts.data, sentence, async () => {
          await page.goto(`${scene.url}${address}`);
          await page.locator(shown).first().waitFor({ timeout: 10_000 });
        });
      }
      await step(parts.data, '**Audit log**: verifies its own chain at a click', async () => {
        await page.goto(`${scene.url}/console/audit`);
        await page.click(`button:text("${words['audit.verify']}")`);
        expect(await page.textContent('[role=status]')).toMatch(/^Whole: \d+/);
      });
      await step(parts.metrics, 'The DPO also sees the privacy budget there', async () => {
        await page.goto(`${scene.url}/console/metrics`);
        expect(await page.locator('main table, main meter').count()).toBeGreaterThan(0);
      });
      expect(trouble).toEqual([]);
    });

    test('four languages at the top right; signing in looks as its picture', async () => {
      const { page } = await scene.visit('analyst');
      expect(howTo).toContain('Four languages, at the top right');
      for (const language of ['it', 'fr', 'es', 'en'] as const) {
        await page.click(`.languages button[value=${language}]`);
        await page.waitForSelector(`html[lang=${language}]`);
        expect(await page.textContent('h1')).toBe(strings[language]['metrics.title']);
      }
      await page.click(`button:text("${words['nav.signOut']}")`);
      await page.waitForURL(/sign-in/);
      if (pictures !== undefined) await page.screenshot({ path: join(pictures, 'sign-in.png') });
    });
  },
);
