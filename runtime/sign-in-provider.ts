import * as openid from 'openid-client';
import type { SignInProvider } from '../console/context.ts';
import type { OidcSettings } from '../platform/settings.ts';

interface Kept {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

/**
 * Signing in at the company's OpenID provider: authorization code with PKCE, state and nonce. The access token that comes back is the one
 * that the APIs check, so the provider must issue it for `OIDC_AUDIENCE`.
 * @param callback where the provider sends people back, as it knows it
 * @see RFC 6749, RFC 7636 (PKCE), RFC 8707 (resource), OpenID Connect Core 1.0
 */
export function signInProvider(
  oidc: OidcSettings,
  client: NonNullable<OidcSettings['client']>,
  callback: () => string,
): SignInProvider {
  let found: Promise<openid.Configuration> | undefined;
  const issuer = new URL(oidc.issuer);
  const target = URL.canParse(oidc.audience) ? { resource: oidc.audience } : {}; // RFC 8707 takes addresses only
  const discover = (): Promise<openid.Configuration> =>
    openid.discovery(
      issuer,
      client.id,
      undefined,
      client.secret === undefined ? openid.None() : openid.ClientSecretPost(client.secret),
      { execute: issuer.protocol === 'http:' ? [openid.allowInsecureRequests] : [] }, // loopback only: the settings' schema
    );
  const configuration = async (): Promise<openid.Configuration> => {
    found ??= discover();
    return await found.catch((error: unknown) => {
      found = undefined; // a provider that was down is asked again by the next person
      throw error;
    });
  };
  return {
    begin: async () => {
      const kept: Kept = {
        verifier: openid.randomPKCECodeVerifier(),
        state: openid.randomState(),
        nonce: openid.randomNonce(),
      };
      const url = openid.buildAuthorizationUrl(await configuration(), {
        redirect_uri: callback(),
        scope: 'openid',
        code_challenge: await openid.calculatePKCECodeChallenge(kept.verifier),
        code_challenge_method: 'S256',
        state: kept.state,
        nonce: kept.nonce,
        ...target,
        audience: oidc.audience, // as providers without RFC 8707 ask for it
      });
      return { url: url.href, kept: JSON.stringify(kept) };
    },
    finish: async (back, text) => {
      const { verifier, state, nonce } = JSON.parse(text) as Kept; // sealed by the console since `begin`
      const address = new URL(callback());
      address.search = back.search;
      const tokens = await openid.authorizationCodeGrant(
        await configuration(),
        address,
        { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce },
        target,
      );
      return tokens.access_token;
    },
  };
}
