import type { ValidateFunction } from 'ajv/dist/2020.js';
import { FichaError } from '../../domain/record/error.ts';
import { newAjv, problemsInWords, validatorOf } from '../../platform/validate.ts';
import type { ConnectorManifest } from '../../schemas/types.ts';
import type { Capabilities, Connector, Cursor, LinkedSystem, OpenContext, PullPage } from './contract.ts';
import type { Call, HookContext, Hooks, Send } from './hooks.ts';
import { createSend } from './http-client.ts';
import { limiterOf } from './limiter.ts';
import { listPages } from './list-pages.ts';
import { kindsOf } from './manifest.ts';
import { manifestVerbs } from './manifest-verbs.ts';
import { draftsOf } from './record-drafts.ts';
import { filledText } from './template.ts';

/** What a manifest and its hooks declare. */
export function capabilitiesOf(manifest: ConnectorManifest): Capabilities {
  const { entities, hooks = [], consent = [] } = manifest;
  const readable = Object.values(entities).some(({ get }) => get !== undefined);
  return {
    kinds: [
      ...new Set([
        ...Object.entries(entities).flatMap(([name, entity]) => kindsOf(name, entity)),
        ...(consent.length > 0 ? (['consent'] as const) : []),
      ]),
    ],
    streams: Object.keys(entities),
    incremental: manifest.incremental ?? Object.values(entities).some(({ list }) => list?.cursor !== undefined),
    lookup: hooks.includes('lookup') || (manifest.lookup?.length ?? 0) > 0,
    contacts: manifest.contacts ?? [...new Set(consent.map(({ channel }) => channel))],
    suppress: hooks.includes('suppress') || consent.some(({ suppress }) => suppress !== undefined),
    erase: hooks.includes('erase') || manifest.erase !== undefined,
    redact: hooks.includes('redact'),
    export: hooks.includes('export') || manifest.export !== undefined || readable,
    verify: hooks.includes('verify') || manifest.verify !== undefined,
  };
}

/** The headers that carry the credentials, as `auth` says. A session is opened once and shared by all calls that wait for it. */
function credentialsOf(
  { auth }: ConnectorManifest,
  hooks: Hooks,
  context: HookContext,
): (call: Call, renew: boolean) => Promise<Readonly<Record<string, string>>> {
  let session: Promise<Readonly<Record<string, string>>> | undefined;
  const secret = (): string => context.secret(auth?.secret ?? '');
  return async (call, renew) => {
    const signed = hooks.sign === undefined ? {} : await hooks.sign(call, context);
    switch (auth?.kind) {
      case 'basic': {
        const pair = `${filledText(auth.user ?? '', { config: context.config })}:${secret()}`;
        return { ...signed, authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
      }
      case 'bearer':
        return { ...signed, authorization: `Bearer ${secret()}` };
      case 'apiKey':
        return { ...signed, [auth.header ?? 'authorization']: `${auth.prefix ?? ''}${secret()}` };
      case 'session':
        if (renew) session = undefined;
        session ??= hooks.session?.(context) ?? Promise.resolve({});
        session.catch(() => {
          session = undefined;
        });
        return { ...signed, ...(await session) };
      case 'none':
      case undefined:
        return signed;
    }
  };
}

const serverless: Send = () => Promise.reject(new FichaError('verb-unsupported', 'this connector calls no server'));

function sendOf(manifest: ConnectorManifest, hooks: Hooks, open: OpenContext): Send {
  const { server, limits = [], errors = [] } = manifest;
  if (server === undefined) return serverless;
  const scope = { config: open.config };
  let base: URL;
  try {
    base = new URL(filledText(server.url, scope));
  } catch (cause) {
    throw new FichaError(
      'setting-invalid',
      `${open.systemId}: server.url of ${manifest.name} is no address with these settings`,
      { cause },
    );
  }
  const client = {
    systemId: open.systemId,
    hosts: { base, patterns: server.allowHosts ?? [] },
    headers: server.headers ?? {},
    timeoutMs: server.timeoutMs ?? 30_000,
    maxBytes: server.maxBytes ?? 32 * 1024 * 1024,
    limits,
    errors,
    limiter: limiterOf(open.systemId, limits),
    signal: open.signal,
  };
  const unsigned = createSend({ ...client, credentials: () => Promise.resolve({}) });
  const context: HookContext = { ...open, send: unsigned };
  return createSend({ ...client, credentials: credentialsOf(manifest, hooks, context) });
}

async function* pulled(
  manifest: ConnectorManifest,
  hooks: Hooks,
  context: HookContext,
  stream: string,
  cursor: Cursor | null,
): AsyncGenerator<PullPage> {
  const listed = hooks.listPages?.(stream, cursor, context);
  if (listed !== undefined) {
    yield* listed;
    return;
  }
  const list = manifest.entities[stream]?.list;
  if (list === undefined)
    throw new FichaError('stream-unknown', `${context.systemId}: ${manifest.name} has no stream "${stream}"`);
  for await (const { items, cursor: next, last, whole } of listPages(list, context.send, cursor, {
    version: manifest.version,
    scope: { config: context.config },
  })) {
    const drafted = items.map((raw) => {
      const own = hooks.mapRecord?.(stream, raw, context);
      if (own === undefined) return draftsOf(manifest, stream, raw, context.now());
      return {
        records: own.flatMap((one) => ('kind' in one ? [one] : [])),
        rejected: own.flatMap((one) => ('kind' in one ? [] : [one])),
        deleted: [],
      };
    });
    yield {
      records: drafted.flatMap(({ records }) => records),
      rejected: drafted.flatMap(({ rejected }) => rejected),
      deleted: drafted.flatMap(({ deleted }) => deleted),
      cursor: next,
      last,
      ...(last && whole ? { complete: true } : {}),
    };
  }
}

/** A connector of a manifest and its hooks. A hook of a verb's name replaces that verb. */
export function connectorOf(manifest: ConnectorManifest, hooks: Hooks = {}): Connector {
  const capabilities = capabilitiesOf(manifest);
  let configOf: ValidateFunction | undefined;
  return {
    name: manifest.name,
    capabilities,
    open(open: OpenContext): LinkedSystem {
      configOf ??= newAjv().compile(manifest.config ?? { type: 'object' });
      const problems = validatorOf(configOf)(open.config);
      if (problems.length > 0) {
        throw new FichaError('setting-invalid', `${open.systemId}, settings of ${manifest.name}: ${problemsInWords(problems)}`);
      }
      const context: HookContext = { ...open, send: sendOf(manifest, hooks, open) };
      const own = hooks.verbs?.(context) ?? {};
      return {
        ...manifestVerbs(manifest, context),
        ...own,
        systemId: open.systemId,
        capabilities,
        pull: (stream, cursor) => pulled(manifest, hooks, context, stream, cursor),
      };
    },
  };
}
