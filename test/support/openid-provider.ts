import type { Server } from 'node:http';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import Provider from 'oidc-provider';

/** A real OpenID provider (the certified npm package) on the loopback, with machine users whose access tokens are JWTs. */
export interface OpenIdProvider {
  readonly issuer: string;
  /** An access token for an audience, with roles in the claim `groups.ficha`. */
  token(roles: readonly string[], audience?: string): Promise<string>;
  /** The issuer now signs with a new key; the old one leaves its JWKS. */
  rotate(): Promise<void>;
  stop(): Promise<void>;
}

const clientId = 'tester';
const clientSecret = 'a-secret-of-the-test-only';

async function newKey(number: number): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: `key-${number}`, use: 'sig', alg: 'ES256' };
}

export async function startOpenIdProvider(): Promise<OpenIdProvider> {
  let number = 1;
  let port = 0;
  let server: Server | undefined;
  let roles: readonly string[] = [];
  const open = async (): Promise<void> => {
    const key = await newKey(number);
    const listen = async (at: number, issuer: string): Promise<Server> => {
      const provider = new Provider(issuer, {
        jwks: { keys: [key as never] }, // its type wants the fields of every kind of key
        clients: [
          {
            client_id: clientId,
            client_secret: clientSecret,
            id_token_signed_response_alg: 'ES256',
            grant_types: ['client_credentials'],
            redirect_uris: [],
            response_types: [],
          },
        ],
        extraTokenClaims: () => ({ groups: { ficha: [...roles] } }),
        features: {
          clientCredentials: { enabled: true },
          devInteractions: { enabled: false },
          resourceIndicators: {
            enabled: true,
            getResourceServerInfo: (_context, indicator) => ({
              scope: '',
              audience: indicator.replace('urn:audience:', ''),
              accessTokenFormat: 'jwt',
              jwt: { sign: { alg: 'ES256' } },
            }),
          },
        },
      });
      return await new Promise((resolve) => {
        const made: Server = provider.listen(at, '127.0.0.1', () => resolve(made));
      });
    };
    if (port === 0) {
      const probe = await listen(0, 'http://127.0.0.1');
      const address = probe.address();
      port = typeof address === 'object' && address !== null ? address.port : 0;
      await closed(probe);
    }
    server = await listen(port, `http://127.0.0.1:${port}`);
  };
  const close = async (): Promise<void> => {
    if (server) await closed(server);
    server = undefined;
  };
  await open();
  return {
    issuer: `http://127.0.0.1:${port}`,
    token: async (held, audience = 'ficha') => {
      roles = held;
      const response = await fetch(`http://127.0.0.1:${port}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource: `urn:audience:${audience}` }),
      });
      const { access_token: token } = (await response.json()) as { readonly access_token?: string };
      if (token === undefined) throw new Error(`the provider gave no token: HTTP ${response.status}`);
      return token;
    },
    rotate: async () => {
      number += 1;
      await close();
      await open();
    },
    stop: close,
  };
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
