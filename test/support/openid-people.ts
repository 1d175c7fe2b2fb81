import type { Server } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';
import { freePort } from '../../runtime/free-port.ts';

/** A real OpenID provider (the certified npm package) whose own pages sign anybody in, with the same roles. */
export interface PeopleProvider {
  readonly issuer: string;
  readonly audience: string;
  readonly client: { readonly id: string; readonly secret: string };
  stop(): Promise<void>;
}

/** @param back where the console takes people back @param roles what everybody may do, in the claim `roles` */
export async function startPeopleProvider(back: string, roles: readonly string[]): Promise<PeopleProvider> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const audience = 'https://ficha.example/api';
  const client = { id: 'ficha', secret: 'a-secret-of-the-test-only' };
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const made = new Provider(issuer, {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'one', use: 'sig', alg: 'ES256' } as never] }, // its type wants the fields of every kind of key
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        token_endpoint_auth_method: 'client_secret_post',
        id_token_signed_response_alg: 'ES256',
        redirect_uris: [back],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    pkce: { required: () => true },
    extraTokenClaims: () => ({ roles: [...roles] }),
    features: {
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({ scope: '', audience, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }),
      },
    },
  });
  const server = await new Promise<Server>((resolve) => {
    const listening: Server = made.listen(port, '127.0.0.1', () => resolve(listening));
  });
  return {
    issuer,
    audience,
    client,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
