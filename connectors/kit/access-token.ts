import { sign } from 'node:crypto';
import { FichaError } from '../../domain/record/error.ts';
import type { TokenRequest } from '../../schemas/types.ts';
import { durationMs } from './duration.ts';
import type { Answer, HookContext, Send } from './hooks.ts';
import { filledText, filledTexts, type Scope } from './template.ts';
import type { KeptToken } from './token-shelf.ts';
import { textAt } from './value-path.ts';

export type TokenKind = 'refreshToken' | 'clientCredentials' | 'jwtBearer';

const defaultLifetimeMs = 30 * 60_000;

/** The assertion of RFC 7523: who signs, for whom, valid for three minutes. */
function assertionOf(rule: TokenRequest, { secret, now, systemId }: HookContext, scope: Scope): string {
  const algorithm = rule.algorithm ?? 'RS256';
  const seconds = Math.floor(now().getTime() / 1_000);
  const issuer = filledText(rule.issuer ?? rule.clientId ?? '', scope);
  const claims = {
    ...(rule.scope === undefined ? {} : { scope: filledText(rule.scope, scope) }),
    iss: issuer,
    sub: filledText(rule.subject ?? issuer, scope),
    aud: filledText(rule.audience ?? rule.url, scope),
    iat: seconds,
    exp: seconds + 180,
  };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: algorithm, typ: 'JWT' })}.${part(claims)}`;
  try {
    const key = { key: secret(rule.privateKey ?? ''), dsaEncoding: 'ieee-p1363' } as const; // only EC keys look at the encoding
    return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
  } catch (cause) {
    if (cause instanceof FichaError) throw cause;
    const way = `give secret "${rule.privateKey ?? ''}" as a PEM private key for ${algorithm}`;
    throw new FichaError('credentials-refused', `${systemId}: the private key cannot sign; ${way}`, { cause });
  }
}

function grantOf(
  kind: TokenKind,
  rule: TokenRequest,
  context: HookContext,
  scope: Scope,
  kept: KeptToken | undefined,
): Record<string, string> {
  const scopes = rule.scope === undefined ? {} : { scope: filledText(rule.scope, scope) };
  switch (kind) {
    case 'refreshToken':
      return { grant_type: 'refresh_token', refresh_token: kept?.refresh ?? context.secret(rule.refreshToken ?? ''), ...scopes };
    case 'clientCredentials':
      return { grant_type: 'client_credentials', ...scopes };
    case 'jwtBearer':
      return {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: assertionOf(rule, context, scope),
      };
  }
}

const clientOf = ({ client = 'body', clientId, clientSecret }: TokenRequest, { secret }: HookContext, scope: Scope) => {
  const id = clientId === undefined ? undefined : filledText(clientId, scope);
  const key = clientSecret === undefined ? undefined : secret(clientSecret);
  if (client === 'basic') {
    const pair = Buffer.from(`${encodeURIComponent(id ?? '')}:${encodeURIComponent(key ?? '')}`).toString('base64');
    return { headers: { authorization: `Basic ${pair}` }, form: {} };
  }
  const form = { ...(id === undefined ? {} : { client_id: id }), ...(key === undefined ? {} : { client_secret: key }) };
  return { headers: {}, form: client === 'none' ? {} : form };
};

function tokenIn(answer: Answer, rule: TokenRequest, context: HookContext, kept: KeptToken | undefined): KeptToken {
  const value = textAt(answer.body, 'access_token');
  if (value === undefined || answer.status >= 300) {
    const said =
      textAt(answer.body, 'error')
        ?.replaceAll(/[^a-z_]/g, '')
        .slice(0, 40) ?? `${answer.status}`;
    const way = 'sign in again in the vendor, and give its client id, client secret and refresh token or key anew';
    throw new FichaError('credentials-refused', `${context.systemId}: no access token was given (${said}); ${way}`);
  }
  const seconds = Number(textAt(answer.body, 'expires_in') ?? Number.NaN);
  const givenMs = Number.isFinite(seconds) ? seconds * 1_000 : undefined;
  const lifetimeMs = givenMs ?? (rule.lifetime === undefined ? defaultLifetimeMs : durationMs(rule.lifetime));
  const refresh = textAt(answer.body, 'refresh_token') ?? kept?.refresh;
  return { value, endsAt: context.now().getTime() + lifetimeMs, ...(refresh === undefined ? {} : { refresh }) };
}

/**
 * Makes one access token (RFC 6749 sections 4.4 and 6, RFC 7523). A refresh token that the vendor replaced is kept for the next time.
 * @throws FichaError `credentials-refused` with the vendor's error code and the way out, never a secret
 */
export async function makeToken(
  kind: TokenKind,
  rule: TokenRequest,
  context: HookContext,
  unsigned: Send,
  kept: KeptToken | undefined,
): Promise<KeptToken> {
  const scope = { config: context.config };
  const { headers, form } = clientOf(rule, context, scope);
  const answer = await unsigned({
    method: 'POST',
    path: filledText(rule.url, scope),
    headers,
    form: { ...grantOf(kind, rule, context, scope, kept), ...form, ...filledTexts(rule.form, scope) },
    expect: [400, 401, 403],
    reads: kind !== 'refreshToken', // a refresh token may be spent by the first call
  });
  return tokenIn(answer, rule, context, kept);
}
