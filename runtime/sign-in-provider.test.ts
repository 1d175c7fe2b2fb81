import type { Server } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTokenVerifier } from '../platform/token.ts';
import { startBrowser } from '../test/support/browser.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { orLeftOut } from '../test/support/real/real-system.ts';
import { freePort } from './free-port.ts';
import { signInProvider } from './sign-in-provider.ts';

const browsers = await orLeftOut(startBrowser());
const audience = 'https://ficha.example/api';
const back = 'http://127.0.0.1:9/console/sign-in/back';

/** A real OpenID provider (the certified npm package) whose own pages sign anybody in. */
async function provider(issuer: string, port: number): Promise<Server> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const made = new Provider(issuer, {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'one', use: 'sig', alg: 'ES256' } as never] }, // its type wants the fields of every kind of key
    clients: [
      {
        client_id: 'ficha',
        client_secret: 'a-secret-of-the-test-only',
        token_endpoint_auth_method: 'client_secret_post',
        id_token_signed_response_alg: 'ES256',
        redirect_uris: [back],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    pkce: { required: () => true },
    extraTokenClaims: () => ({ roles: ['dpo'] }),
    features: {
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({ scope: '', audience, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }),
      },
    },
  });
  return await new Promise((resolve) => {
    const server: Server = made.listen(port, '127.0.0.1', () => resolve(server));
  });
}

describe.each(browsers.map((browser) => [browser.version(), browser] as const))(
  'in Chromium %s',
  (_version, browser: Browser) => {
    let server: Server;
    let issuer: string;
    beforeAll(async () => {
      const port = await freePort();
      issuer = `http://127.0.0.1:${port}`;
      server = await provider(issuer, port);
    });
    afterAll(async () => {
      await browser.close();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
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
      const { begin, finish } = signInProvider(
        { issuer, audience },
        { id: 'ficha', secret: 'a-secret-of-the-test-only' },
        () => back,
      );
      const { url, kept } = await begin();
      const token = await finish(await signIn(url), kept);
      const verify = createTokenVerifier({ oidc: { issuer, audience }, rolesClaim: 'roles' }, testKeyRing());
      expect(await verify(token)).toEqual({ subject: 'ana-dpo', roles: ['dpo'] });
    });

    test('an answer to another sign-in, or one that was changed, is refused', async () => {
      const { begin, finish } = signInProvider(
        { issuer, audience },
        { id: 'ficha', secret: 'a-secret-of-the-test-only' },
        () => back,
      );
      const [mine, theirs] = [await begin(), await begin()];
      const answer = await signIn(mine.url);
      await expect(finish(answer, theirs.kept)).rejects.toThrow();
      answer.searchParams.set('code', 'guessed');
      await expect(finish(answer, mine.kept)).rejects.toThrow();
    });
  },
);
