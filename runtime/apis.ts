import type { IntakeDeps, Ways } from '../api/intake/ground.ts';
import { createForms } from '../api/forms/server.ts';
import { createIntake } from '../api/intake/server.ts';
import { createPreferencePages } from '../api/preferences/server.ts';
import { createCommandApi } from '../api/server.ts';
import type { Client } from '@temporalio/client';
import { sharedByAll } from '../activities/open-system.ts';
import type { Connector, LinkedSystem } from '../connectors/kit/contract.ts';
import { createBackEnd } from '../console/back-end.ts';
import { createConsole } from '../console/server.ts';
import { operationsAnswered } from '../graphql/question.ts';
import { createGraphqlHandler } from '../graphql/server.ts';
import type { KeyRing } from '../platform/keys.ts';
import type { Log } from '../platform/log.ts';
import { createMailer, type Mailer } from '../platform/mailer.ts';
import type { Settings } from '../platform/settings.ts';
import { bearerOf, createTokenVerifier } from '../platform/token.ts';
import { linkedSystemById } from '../store/read/linked-systems.ts';
import { anyOperation, anyOperationAnswered } from './any-operation.ts';
import { type Link, openLinked } from './connector-tools.ts';
import type { Apis } from './http.ts';
import { intakeWays } from './intake-ways.ts';
import { previewSystem } from './preview-system.ts';
import { linkedMailer } from './linked-mailer.ts';
import { ownPolicies } from './privacy-policies.ts';
import { webhookReader } from './receive-webhook.ts';
import { sampleToken } from './sample-tokens.ts';
import type { Servers } from './servers.ts';
import { signInProvider } from './sign-in-provider.ts';
import type { Tracing } from './tracing.ts';

/** What the parts are built from. */
export interface Ground {
  readonly settings: Settings;
  readonly keys: KeyRing;
  readonly log: Log;
  readonly servers: Servers;
  readonly temporal: Client;
  readonly connectors: ReadonlyMap<string, Connector>;
  readonly now: () => Date;
  /** Absent where no traces are made. */
  readonly tracing?: Tracing;
}

/** The ways in that are set up. @throws FichaError `policy-invalid` */
export const waysOf = ({ settings, now }: Pick<Ground, 'settings' | 'now'>): Ways | undefined =>
  intakeWays(ownPolicies(settings.home).intake, settings.mail !== undefined || settings.mode === 'development', now());

/** What the ways in work with. */
export function intakeDeps(ground: Ground, mailer: Mailer, publicUrl: () => string): IntakeDeps {
  const { privacy } = ownPolicies(ground.settings.home);
  return {
    ...ground,
    db: ground.servers.worker,
    mailer,
    publicUrl,
    ...(privacy === undefined ? {} : { privacyPolicy: privacy }),
  };
}

/**
 * GraphQL, the command API, the console and the preference pages over one ground.
 * @param linkedSystemChanged makes the schedule of a linked system agree with its row
 * @param publicUrl where people reach Ficha, without a slash at the end
 */
export function apisOf(ground: Ground, linkedSystemChanged: (systemId: string) => Promise<void>, publicUrl: () => string): Apis {
  const { settings, keys, servers, log } = ground;
  const own = ownPolicies(settings.home);
  const verify = createTokenVerifier(settings, keys);
  const bearer = (request: Request) => verify(bearerOf(request.headers.get('authorization')));
  const mailer = createMailer(settings);
  const development = settings.mode === 'development';
  const connectors = (language: 'es' | 'it' | 'fr' | 'en') =>
    [...ground.connectors.values()].flatMap(({ about }) => about?.(language) ?? []);
  const consentPolicy = own.consent === undefined ? {} : { consentPolicy: own.consent };
  const reading = { ...servers, log, viewerOf: bearer, connectors: connectors('en'), ...consentPolicy };
  const persisted = operationsAnswered(settings.mode, settings.persistedOperations);
  if (anyOperation(settings)) log.warn({ step: 'graphql' }, anyOperationAnswered);
  const shared = sharedByAll(servers.worker, keys);
  /** A linked system is called within the budget that the workers have; one that is not linked yet has none. */
  const open = async (
    system: Link & { readonly id: string },
    how: { readonly readOnly?: boolean } = {},
  ): Promise<LinkedSystem> => {
    const isLinked = (await linkedSystemById(servers.worker, system.id)) !== undefined;
    return await openLinked(ground.connectors, system, ground.now, isLinked ? { ...how, ...shared } : how);
  };
  const commands = createCommandApi({
    ...ground,
    db: servers.worker,
    accessor: servers.accessor,
    ...(own.privacy === undefined ? {} : { privacyPolicy: own.privacy }),
    ...consentPolicy,
    ordererOf: bearer,
    mailer,
    publicUrl,
    connectors,
    checkSystem: async (system) => {
      const opened = await open(system);
      try {
        return await opened.check();
      } finally {
        await opened.close();
      }
    },
    previewSystem: async (system) => await previewSystem(await open(system, { readOnly: true })),
    canSend: ({ connector, config }) => ground.connectors.get(connector)?.sends?.(config) ?? false,
    linkedMailer: (system) => linkedMailer(() => open(system)),
    limitsOf: ({ connector, config }) => ground.connectors.get(connector)?.limits?.(config) ?? [],
    readWebhook: webhookReader(servers.worker, ground.connectors, ground.now, settings.publicUrl),
    linkedSystemChanged,
  });
  const ways = waysOf(ground);
  const client = settings.oidc?.client;
  return {
    graphql: createGraphqlHandler({
      ...reading,
      development,
      ...(persisted === undefined ? {} : { persisted }),
    }),
    preferences: createPreferencePages({
      ...ground,
      db: servers.worker,
      ...consentPolicy,
    }),
    forms: createForms({
      ...ground,
      db: servers.worker,
      ...consentPolicy,
    }),
    commands,
    ...(ways === undefined ? {} : { intake: createIntake(intakeDeps(ground, mailer, publicUrl), ways) }),
    console: createConsole({
      ...ground,
      // the console's own questions are part of Ficha: no list of operations is asked for them
      backEnd: createBackEnd(createGraphqlHandler({ ...reading, development: false, ownQuestions: true }), (request) =>
        commands.fetch(request),
      ),
      verify,
      idleMinutes: settings.idleMinutes,
      secure: settings.publicUrl?.startsWith('https://') ?? false,
      ...(development ? { sampleToken: (role) => sampleToken(keys, role) } : {}),
      ...(settings.oidc && client
        ? { provider: signInProvider(settings.oidc, client, () => `${publicUrl()}/console/sign-in/back`) }
        : {}),
    }),
  };
}
