import { createHash } from 'node:crypto';
import { FichaError } from '../../domain/record/error.ts';
import type { ConnectorManifest } from '../../schemas/types.ts';
import { makeToken } from './access-token.ts';
import type { Call, Credentials, HookContext, Hooks, Send } from './hooks.ts';
import { callOf } from './request-step.ts';
import { filledText, filledValue, type Scope } from './template.ts';
import { type KeptToken, memoryShelf, type TokenShelf } from './token-shelf.ts';
import { valueAt } from './value-path.ts';

/** What a call carries; `stale` names the token that the system just refused. */
export type CredentialSource = (call: Call, stale: string | undefined) => Promise<Credentials>;

type Headers = Readonly<Record<string, string>>;

const ours = memoryShelf();

/** One name for one way of signing in: other settings, another secret or another way never find the token. */
const shelfName = ({ name, auth, secrets = [] }: ConnectorManifest, { systemId, config, secret }: HookContext): string => {
  const parts = JSON.stringify([name, auth, config, secrets.map((one) => secret(one))]);
  return `${systemId}/${createHash('sha256').update(parts).digest('hex').slice(0, 32)}`;
};

/** Signs in as `auth.login` says, and makes the headers that `auth.carry` says of the answer. */
async function signedIn({ auth }: ConnectorManifest, context: HookContext, unsigned: Send): Promise<Headers> {
  if (auth?.login === undefined) return {};
  const secrets = new Proxy({}, { get: (_, name) => context.secret(String(name)), getOwnPropertyDescriptor: () => readable });
  const scope: Scope = { config: context.config, secret: secrets };
  const answer = await unsigned({ ...callOf(auth.login, scope), reads: true, expect: [400, 401, 403] });
  if (answer.status >= 400)
    throw new FichaError('credentials-refused', `${context.systemId}: it lets nobody in with this user and secret`);
  const saved = Object.fromEntries(
    Object.entries(auth.login.save ?? {}).map(([name, path]) => [name, valueAt(answer.body, path)]),
  );
  const cookies = (answer.headers['set-cookie'] ?? '')
    .split(/,(?=[^;,]+=)/)
    .map((cookie) => cookie.split(';')[0]?.trim() ?? '')
    .filter((cookie) => cookie !== '')
    .join('; ');
  const carried = filledValue(auth.carry ?? {}, { ...scope, saved }) as Headers; // the schema says: texts
  return { ...(cookies === '' ? {} : { cookie: cookies }), ...carried };
}

const readable = { enumerable: true, configurable: true };

/** The access token or session under one name: made when it is needed, made anew once when the system refuses it. */
const heldOn =
  (shelf: TokenShelf, name: () => string, make: (kept: KeptToken | undefined) => Promise<KeptToken>) =>
  (stale: string | undefined): Promise<KeptToken> =>
    shelf.hold(name(), stale, make);

const marked = (headers: Headers, mark: string): Credentials => ({ headers, mark });

/** The credentials of each call, as `auth` says; tokens and sessions are shared by all calls, and made by one at a time. */
export function credentialsOf(
  manifest: ConnectorManifest,
  hooks: Hooks,
  context: HookContext,
  shelf?: TokenShelf,
): CredentialSource {
  const { auth } = manifest;
  const scope = { config: context.config };
  const unsigned = context.send;
  const secret = (): string => context.secret(auth?.secret ?? '');
  const plain = (): Credentials => {
    switch (auth?.kind) {
      case 'basic': {
        const pair = `${filledText(auth.user ?? '', scope)}:${secret()}`;
        return { headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
      }
      case 'bearer':
        return { headers: { authorization: `Bearer ${secret()}` } };
      case 'apiKey': {
        const key = `${filledText(auth.prefix ?? '', scope)}${secret()}`;
        return auth.query === undefined
          ? { headers: { [auth.header ?? 'authorization']: key } }
          : { headers: {}, query: { [auth.query]: key } };
      }
      case 'none':
      case 'session':
      case 'refreshToken':
      case 'clientCredentials':
      case 'jwtBearer':
      case undefined:
        return { headers: {} };
    }
  };
  const kind = auth?.kind;
  let known: string | undefined;
  const name = (): string => (known ??= shelfName(manifest, context));
  const rule = auth?.token;
  const token =
    rule !== undefined && (kind === 'refreshToken' || kind === 'clientCredentials' || kind === 'jwtBearer')
      ? heldOn(shelf ?? ours, name, (kept) => makeToken(kind, rule, context, unsigned, kept))
      : undefined;
  // the headers of a session hook may be bound to this opening, so they are not shared beyond it
  const sessions = hooks.session === undefined ? (shelf ?? ours) : memoryShelf();
  const session = heldOn(sessions, name, async () => {
    const headers = hooks.session === undefined ? await signedIn(manifest, context, unsigned) : await hooks.session(context);
    return { value: JSON.stringify(headers) };
  });
  return async (call, stale) => {
    const signed = hooks.sign === undefined ? {} : await hooks.sign(call, context);
    if (token !== undefined) {
      const { value } = await token(stale);
      return marked({ ...signed, authorization: `Bearer ${value}` }, value);
    }
    if (kind === 'session') {
      const { value } = await session(stale);
      return marked({ ...signed, ...(JSON.parse(value) as Headers) }, value); // written above
    }
    const { headers, query } = plain();
    return { headers: { ...signed, ...headers }, ...(query === undefined ? {} : { query }) };
  };
}
