import type { ValidateFunction } from 'ajv/dist/2020.js';
import { FichaError } from '../../domain/record/error.ts';
import { newAjv, problemsInWords, validatorOf } from '../../platform/validate.ts';
import type { ConnectorManifest, ConnectorServer } from '../../schemas/types.ts';
import { budgetRules } from './budget-rules.ts';
import { withCarried } from './carried.ts';
import type { Capabilities, Connector, LinkedSystem, OpenContext } from './contract.ts';
import { credentialsOf } from './credentials.ts';
import type { HookContext, Hooks, Send, Verbs } from './hooks.ts';
import { createSend } from './http-client.ts';
import { limiterOf } from './limiter.ts';
import { kindsOf } from './entity-kinds.ts';
import { pullStream } from './pull-stream.ts';
import { redraft } from './redraft.ts';
import { notingCalls } from './asked-calls.ts';
import { filledManifest } from './fill-settings.ts';
import { withDatabaseDefaults } from './sql/lint-statements.ts';
import { sqlSend } from './sql/sql-send.ts';
import { filledText, filledTexts } from './template.ts';
import { keptBy } from './verbs/erase.ts';
import { manifestVerbs } from './verbs/manifest-verbs.ts';

/** What a manifest and its hooks declare. */
export function capabilitiesOf(manifest: ConnectorManifest): Capabilities {
  const { entities, hooks = [], consent = [], keepsNothing = false } = manifest;
  const telling = Object.entries(entities).filter(
    ([name, entity]) => kindsOf(name, entity).includes('consent') || consent.some((rule) => rule.entity === name),
  );
  const readable = Object.values(entities).some(({ get }) => get !== undefined);
  return {
    kinds: [
      ...new Set([
        ...Object.entries(entities).flatMap(([name, entity]) => kindsOf(name, entity)),
        ...(consent.length > 0 ? (['consent'] as const) : []),
      ]),
    ],
    streams: Object.keys(entities),
    ...(telling.length > 0 ? { consentStreams: telling.map(([name]) => name) } : {}),
    incremental: manifest.incremental ?? Object.values(entities).some(({ list }) => list?.cursor !== undefined),
    lookup: hooks.includes('lookup') || (manifest.lookup?.length ?? 0) > 0,
    contacts: manifest.contacts ?? [...new Set(consent.map(({ channel }) => channel))],
    suppress: hooks.includes('suppress') || consent.some(({ suppress }) => suppress !== undefined),
    erase: keepsNothing || hooks.includes('erase') || manifest.erase !== undefined,
    redact: hooks.includes('redact') || manifest.redact !== undefined,
    export: keepsNothing || hooks.includes('export') || manifest.export !== undefined || readable,
    verify: keepsNothing || hooks.includes('verify') || manifest.verify !== undefined,
    ...(hooks.includes('discover') || manifest.discover !== undefined ? { discover: true } : {}),
    ...(hooks.includes('files') || manifest.files !== undefined ? { files: true } : {}),
    ...(manifest.take === undefined ? {} : { take: true }),
    ...(hooks.includes('receive') || manifest.webhook !== undefined ? { webhook: true } : {}),
    ...(manifest.copies === undefined ? {} : { copies: manifest.copies }),
    ...(manifest.gaps === undefined ? {} : { gaps: manifest.gaps }),
    ...(manifest.keep === undefined ? {} : { keeps: manifest.keep.map(({ kind, basis }) => ({ kind, basis })) }),
  };
}

const serverless: Send = () => Promise.reject(new FichaError('verb-unsupported', 'this connector calls no server'));

/** Settings that were left out, as the manifest's `default` says. */
const withDefaults = ({ config }: ConnectorManifest, given: OpenContext['config']): OpenContext['config'] => {
  const properties = (config?.['properties'] ?? {}) as Readonly<Record<string, { readonly default?: unknown }>>; // a JSON Schema of an object
  const defaults = Object.entries(properties).flatMap(([name, { default: value }]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(defaults), ...given };
};

/** How a linked system is asked, where, and how that ends. */
interface Line {
  readonly send: Send;
  readonly host?: string;
  readonly close: () => Promise<void>;
}

const hungUp = (): Promise<void> => Promise.resolve();

function httpSend(manifest: ConnectorManifest, server: ConnectorServer, hooks: Hooks, open: OpenContext): Line {
  const { limits = [], errors = [] } = manifest;
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
  const timeoutMs = server.timeoutMs ?? 30_000;
  const client = {
    systemId: open.systemId,
    hosts: { base, patterns: server.allowHosts ?? [] },
    headers: filledTexts(server.headers, scope),
    timeoutMs,
    maxBytes: server.maxBytes ?? 32 * 1024 * 1024,
    limits,
    errors,
    limiter: limiterOf(open.systemId, limits, open.config, { source: open.budget, leaseMs: timeoutMs + 30_000 }),
    signal: open.signal,
  };
  const unsigned = createSend({ ...client, credentials: () => Promise.resolve({ headers: {} }) });
  const context: HookContext = { ...open, send: unsigned };
  const readOnly = open.readOnly === true; // signing in may write a token, and is let be
  const credentials = credentialsOf(manifest, hooks, context, open.tokens);
  return { send: createSend({ ...client, readOnly, credentials }), host: base.host, close: hungUp };
}

function lineOf(manifest: ConnectorManifest, hooks: Hooks, open: OpenContext): Line {
  const { server, database, limits = [] } = manifest;
  if (database !== undefined) {
    const leaseMs = (database.timeoutMs ?? 30_000) + 30_000;
    return sqlSend(database, open, limiterOf(open.systemId, limits, open.config, { source: open.budget, leaseMs }));
  }
  const [, setting = ''] = /^\{config\.(\w+)\}$/.exec(server?.url ?? '') ?? [];
  const leftOut = setting !== '' && open.config[setting] === undefined; // a system that need not be on a server
  return server === undefined || leftOut ? { send: serverless, close: hungUp } : httpSend(manifest, server, hooks, open);
}

/** Verbs of a system that keeps no copy of what came from it: Ficha's own, which goes with the erasure and into the package, is the only one. */
const emptyHanded: Pick<LinkedSystem, 'erase' | 'verify' | 'export'> = {
  erase: (_, { dryRun }) => Promise.resolve({ result: dryRun === true ? 'would-erase' : 'done', residue: [] }),
  verify: () => Promise.resolve({ result: 'gone', residue: [], count: 0 }),
  export: (ref) => Promise.resolve({ ref, fields: {}, attachments: [] }),
};

/** A hook's erasure, asked only for what the manifest does not keep on a legal basis. */
const exceptKept = (manifest: ConnectorManifest, { erase }: Verbs, now: () => Date): Pick<Verbs, 'erase'> =>
  erase === undefined
    ? {}
    : { erase: (ref, options) => Promise.resolve(keptBy(manifest, ref, now())).then((kept) => kept ?? erase(ref, options)) };

/** A connector of a manifest and its hooks. A hook of a verb's name replaces that verb. */
export function connectorOf(given: ConnectorManifest, hooks: Hooks = {}): Connector {
  const manifest = withDatabaseDefaults(given);
  const capabilities = capabilitiesOf(manifest);
  let configOf: ValidateFunction | undefined;
  return {
    name: manifest.name,
    capabilities,
    limits: (config) => budgetRules(manifest.limits ?? [], withDefaults(manifest, config)),
    sends: (config) => {
      const all = withDefaults(manifest, config);
      return manifest.send !== undefined && (manifest.send.needs ?? []).every((name) => all[name] !== undefined);
    },
    open(given: OpenContext): LinkedSystem {
      const open = { ...given, config: withDefaults(manifest, given.config) };
      configOf ??= newAjv().compile(manifest.config ?? { type: 'object' });
      const problems = validatorOf(configOf)(open.config);
      if (problems.length > 0) {
        throw new FichaError('setting-invalid', `${open.systemId}, settings of ${manifest.name}: ${problemsInWords(problems)}`);
      }
      const line = lineOf(manifest, hooks, open);
      const { send, asked } = notingCalls(line.send, line.host);
      const { close } = line;
      const context: HookContext = { ...open, send };
      const own = hooks.verbs?.(context) ?? {};
      const filled = filledManifest(manifest, open.config);
      return {
        ...withCarried(filled, {
          ...manifestVerbs(filled, context),
          ...own,
          ...exceptKept(manifest, own, context.now),
          ...(manifest.keepsNothing === true ? emptyHanded : {}),
        }),
        systemId: open.systemId,
        capabilities,
        limits: budgetRules(manifest.limits ?? [], open.config),
        asked,
        pull: (stream, cursor) => pullStream(filled, hooks, context, stream, cursor),
        redraft: (stream, raw) => redraft(filled, hooks, context, stream, raw),
        close: async () => {
          await own.close?.();
          await close();
        },
      };
    },
  };
}
