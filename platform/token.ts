import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify, SignJWT } from 'jose';
import { type Grant, isGrant } from '../domain/access/category.ts';
import { isRole, type Role } from '../domain/access/role.ts';
import { FichaError } from '../domain/record/error.ts';
import type { KeyRing } from './keys.ts';
import type { OidcSettings, Settings } from './settings.ts';

/** Who presents a token: an opaque subject and the roles that Ficha knows of those the token lists. */
export interface Bearer {
  readonly subject: string;
  readonly roles: readonly Role[];
  /** Categories of data that are never part of a role; they stand among the roles of a token, as `grant:special`. */
  readonly grants?: readonly Grant[];
}

/** Issues tokens of the embedded default. */
export type TokenIssuer = (bearer: Bearer, validForSeconds: number) => Promise<string>;

/**
 * Checks a bearer token.
 * @throws FichaError `token-missing|-malformed|-forged|-expired|-not-yet-valid|-other-issuer|-other-audience|-incomplete`, or
 *   `issuer-unreachable` (retry later); none repeats the token or a claim
 */
export type TokenVerifier = (token: string | undefined) => Promise<Bearer>;

const localIssuer = 'urn:ficha:local';
const localAudience = 'ficha';
const clockSkewSeconds = 30;
/** How soon a key that is not known makes Ficha ask the issuer again: a rotation is seen within it, a forger costs no more. */
const jwksCooldownMs = 10_000;
/** A token that was just checked is not checked again for so long; a key that its issuer withdraws counts for no longer. */
const keptSeconds = 30;
const mostKept = 1_000;
/** Only signatures by a private key: a shared secret, or none, is never accepted. */
const asymmetric = ['EdDSA', 'Ed25519', 'ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const ed25519Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

const localKey = (keys: KeyRing): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([ed25519Prefix, keys.deriveSecret('local-tokens')]),
    format: 'der',
    type: 'pkcs8',
  });

/** Signs tokens with a key derived from the master key (EdDSA), so that a restart keeps them valid. */
export function createTokenIssuer(keys: KeyRing, now: () => Date = () => new Date()): TokenIssuer {
  const key = localKey(keys);
  return ({ subject, roles, grants = [] }, validForSeconds) => {
    const seconds = Math.floor(now().getTime() / 1000);
    return new SignJWT({ roles: [...roles, ...grants] })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT' })
      .setSubject(subject)
      .setIssuer(localIssuer)
      .setAudience(localAudience)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + validForSeconds)
      .sign(key);
  };
}

const refused = (code: string, say: string): FichaError => new FichaError(code, `${say}. Sign in again, or ask for a new token`);

const unreachable = (issuer: string): FichaError =>
  new FichaError('issuer-unreachable', `the keys of the token issuer ${issuer} cannot be read; see OIDC_ISSUER, OIDC_JWKS_URL`, {
    retry: 'later',
  });

const claimCodes: Readonly<Record<string, readonly [code: string, say: string]>> = {
  iss: ['token-other-issuer', 'the token is of another issuer'],
  aud: ['token-other-audience', 'the token is for another audience'],
  nbf: ['token-not-yet-valid', 'the token is not valid yet'],
};

const explained = (error: unknown, issuer: string): unknown => {
  if (error instanceof FichaError) return error;
  if (error instanceof errors.JWTExpired) return refused('token-expired', 'the token has expired');
  if (error instanceof errors.JWTClaimValidationFailed) {
    const [code, say] = claimCodes[error.claim] ?? ['token-incomplete', 'the token lacks a subject or an end'];
    return refused(code, say);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) {
    return refused('token-forged', "the token is not signed by its issuer's key");
  }
  if (error instanceof errors.JOSEAlgNotAllowed)
    return refused('token-forged', 'the token is signed by a way that is not accepted');
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return unreachable(issuer);
  if (error instanceof errors.JOSEError) {
    return error.code === 'ERR_JOSE_GENERIC' ? unreachable(issuer) : refused('token-malformed', 'the token cannot be read');
  }
  return error instanceof TypeError ? unreachable(issuer) : error;
};

/** The names in a claim that may lie deeper (`realm_access.roles`) and be a list or words. */
const namesIn = (payload: JWTPayload, claim: string): readonly string[] => {
  const walk = (value: unknown, key: string): unknown =>
    typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
  const found = payload[claim] ?? claim.split('.').reduce<unknown>(walk, payload);
  const names: readonly unknown[] = typeof found === 'string' ? found.split(/\s+/) : Array.isArray(found) ? found : [];
  return [...new Set(names.filter((name) => typeof name === 'string'))];
};

/** What Ficha knows of the names in a token; unknown ones are left out. */
const rightsOf = (names: readonly string[]): Pick<Bearer, 'roles' | 'grants'> => {
  const grants = names.filter(isGrant);
  return { roles: names.filter(isRole), ...(grants.length > 0 ? { grants } : {}) };
};

/** Where the issuer says its keys are (OpenID Connect Discovery 1.0, section 4); its answer must name itself. */
const discoveredJwks = async (issuer: string): Promise<URL> => {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(5000),
    redirect: 'error',
  }).catch(() => undefined);
  const found: unknown = response?.ok === true ? await response.json().catch(() => undefined) : undefined;
  const { issuer: named, jwks_uri: place } = (found ?? {}) as { issuer?: unknown; jwks_uri?: unknown };
  if (named !== issuer || typeof place !== 'string') throw unreachable(issuer);
  return new URL(place);
};

/** The keys of an issuer, found at the first token and asked again for an unknown key id (at most every 10 s). */
const remoteKeys = (oidc: OidcSettings): JWTVerifyGetKey => {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  const find = async (): Promise<JWTVerifyGetKey> => {
    const url = oidc.jwksUrl === undefined ? await discoveredJwks(oidc.issuer) : new URL(oidc.jwksUrl);
    return createRemoteJWKSet(url, { timeoutDuration: 5000, cooldownDuration: jwksCooldownMs });
  };
  return async (header, token) => {
    keys ??= find();
    const getKey = await keys.catch((error: unknown) => {
      keys = undefined; // an issuer that was down is asked again by the next token
      throw error;
    });
    return getKey(header, token);
  };
};

/** Checks tokens of the OIDC issuer when one is set, else tokens that Ficha issued itself; never both. */
export function createTokenVerifier(
  settings: Pick<Settings, 'oidc' | 'rolesClaim'>,
  keys: KeyRing,
  now: () => Date = () => new Date(),
): TokenVerifier {
  const { oidc } = settings;
  const publicKey = createPublicKey(localKey(keys));
  const getKey: JWTVerifyGetKey = oidc === undefined ? () => publicKey : remoteKeys(oidc);
  const issuer = oidc?.issuer ?? localIssuer;
  const claim = oidc === undefined ? 'roles' : settings.rolesClaim;
  const check = async (token: string): Promise<{ readonly bearer: Bearer; readonly exp: number }> => {
    const { payload } = await jwtVerify(token, getKey, {
      issuer,
      audience: oidc?.audience ?? localAudience,
      algorithms: oidc === undefined ? ['EdDSA'] : asymmetric,
      requiredClaims: ['sub', 'exp'],
      clockTolerance: clockSkewSeconds,
      currentDate: now(),
    });
    const subject = payload.sub;
    if (subject === undefined || subject === '') throw refused('token-incomplete', 'the token lacks a subject');
    return { bearer: { subject, ...rightsOf(namesIn(payload, claim)) }, exp: payload.exp ?? 0 };
  };
  const kept = new Map<string, { readonly bearer: Bearer; readonly until: number }>();
  return async (token) => {
    if (token === undefined || token === '') {
      throw new FichaError('token-missing', 'send the header "authorization: Bearer <token>"');
    }
    const seconds = now().getTime() / 1000;
    const known = kept.get(token);
    if (known !== undefined && seconds < known.until) return known.bearer;
    kept.delete(token);
    try {
      const { bearer, exp } = await check(token);
      if (kept.size >= mostKept) kept.clear();
      kept.set(token, { bearer, until: Math.min(seconds + keptSeconds, exp) });
      return bearer;
    } catch (error) {
      throw explained(error, issuer);
    }
  };
}

/** The token of an `authorization` header, if it is a bearer token. */
export function bearerOf(header: string | null | undefined): string | undefined {
  return /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header ?? '')?.[1];
}
