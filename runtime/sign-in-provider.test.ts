import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTokenVerifier } from '../platform/token.ts';
import { startBrowser } from '../test/support/browser.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { type PeopleProvider, startPeopleProvider } from '../test/support/openid-people.ts';
import { orLeftOut } from '../test/support/real/real-system.ts';
import { signInProvider } from './sign-in-provider.ts';

const browsers = await orLeftOut(startBrowser());
const back = 'http://127.0.0.1:9/console/sign-in/back';

describe.each(browsers.map((browser) => [browser.version(), browser] as const))(
  'in Chromium %s',
  (_version, browser: Browser) => {
    let provider: PeopleProvider;
    beforeAll(async () => {
      provider = await startPeopleProvider(back, ['dpo']);
    });
    afterAll(async () => {
      await browser.close();
      await provider.stop();
    });

    /** A person signs in at the provider and agrees; the address to which they are sent back. */
    async function signIn(url: string): Promise<URL> {
      const page = await (await browser.newContext()).newPage();
      const sentBack = page.waitForRequest((request) => request.url().startsWith(back));
      await page.goto(url);
      await page.fill('input[name=login]', 'ana-dpo');
      await page.fill('input[name=password]', 'anything');
      await page.click('button[type=submit]');
      await page.click('button[type=submit]');
      return new URL((await sentBack).url());
    }

    test('a person comes back with a token that the APIs accept, with their role', async () => {
      const { begin, finish } = signInProvider(provider, provider.client, () => back);
      const { url, kept } = await begin();
      const token = await finish(await signIn(url), kept);
      const verify = createTokenVerifier({ oidc: provider, rolesClaim: 'roles' }, testKeyRing());
      expect(await verify(token)).toEqual({ subject: 'ana-dpo', roles: ['dpo'] });
    });

    test('an answer to another sign-in, or one that was changed, is refused', async () => {
      const { begin, finish } = signInProvider(provider, provider.client, () => back);
      const [mine, theirs] = [await begin(), await begin()];
      const answer = await signIn(mine.url);
      await expect(finish(answer, theirs.kept)).rejects.toThrow();
      answer.searchParams.set('code', 'guessed');
      await expect(finish(answer, mine.kept)).rejects.toThrow();
    });
  },
);
