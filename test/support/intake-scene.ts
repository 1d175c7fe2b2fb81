import { generateKeyPairSync, randomUUID, sign, verify, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hono } from 'hono';
import type { IntakeDeps, Ways } from '../../api/intake/ground.ts';
import { signedByController } from '../../api/intake/opendsr-signature.ts';
import { createIntake } from '../../api/intake/server.ts';
import { createLog } from '../../platform/log.ts';
import type { Mail, Mailer } from '../../platform/mailer.ts';
import { intakeWays } from '../../runtime/intake-ways.ts';
import { sql } from '../../store/database.ts';
import { clientOnQueue } from './client-on-queue.ts';
import { testKeyRing } from './keys.ts';
import { type Scene, setScene } from './privacy-scene.ts';
import { testTemporal } from './temporal.ts';

/** A file of test/support/opendsr. */
export const openDsrFile = (name: string): string => join(import.meta.dirname, 'opendsr', name);

/** What the shop signs its webhooks with. */
export const shopSecret = 'a-secret-of-the-shop';

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}

export const answerOf = async (response: Response): Promise<Answer> => {
  const text = await response.text();
  return {
    status: response.status,
    text,
    headers: response.headers,
    body: text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : {},
  };
};

/** The body of an OpenDSR request. */
export const asked = (type: string, identity: readonly [string, string], more: object = {}) => ({
  regulation: 'gdpr',
  subject_request_id: randomUUID(),
  subject_request_type: type,
  submitted_time: new Date(Date.now() - 60_000).toISOString(),
  subject_identities: [{ identity_type: identity[0], identity_value: identity[1], identity_format: 'raw' }],
  api_version: '2.0',
  ...more,
});

/** Whether an answer or a callback carries the signature of this processor's certificate. */
export const isSigned = ({ text, headers }: Pick<Answer, 'text' | 'headers'>): boolean =>
  headers.get('x-opendsr-processor-domain') === 'opendsr.ficha.test' &&
  verify(
    'sha256',
    Buffer.from(text),
    new X509Certificate(readFileSync(openDsrFile('processor.pem'))).publicKey,
    Buffer.from(headers.get('x-opendsr-signature') ?? '', 'base64'),
  );

interface Called {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Where a controller is called back: the first call is not taken, so that it must come again. */
async function callbackServer(): Promise<{ readonly server: Server; readonly url: string; readonly calls: readonly Called[] }> {
  const calls: Called[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString('utf8')));
    request.on('end', () => {
      calls.push({ headers: request.headers, body });
      response.writeHead(calls.length === 1 ? 503 : 202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/opendsr/callbacks`, calls };
}

/** A mail server that keeps what it is given; while `takes` is false it takes nothing. */
const mailServer = () => {
  const state = { takes: true, mails: [] as Mail[] };
  const mailer: Mailer = {
    kind: 'smtp',
    send: (mail) => {
      if (!state.takes) return Promise.resolve({ state: 'refused', detail: 'smtp-550' });
      state.mails.push(mail);
      return Promise.resolve({ state: 'sent', detail: null });
    },
    close: () => undefined,
  };
  return { state, mailer };
};

/** Everything that privacy requests come in by, on real PostgreSQL and Temporal. */
export interface IntakeScene {
  readonly scene: Scene;
  readonly intake: Hono;
  readonly deps: IntakeDeps;
  readonly ways: Ways;
  readonly callbackUrl: string;
  readonly calledBack: readonly Called[];
  readonly post: { takes: boolean; readonly mails: readonly Mail[] };
  /** policies/intake.json. */
  settings(openDsr?: object): object;
  /** Sends what the controller acme signed. */
  asAcme(method: string, path: string, body?: unknown, change?: Readonly<Record<string, string>>): Promise<Answer>;
  requestOf(callerRef: string): Promise<string>;
  end(): Promise<void>;
}

/** Sets all ways up, with one controller and one shop. The caller ends it. */
export async function intakeScene(): Promise<IntakeScene> {
  const keys = generateKeyPairSync('ed25519');
  const folder = mkdtempSync(join(tmpdir(), 'ficha-intake-'));
  writeFileSync(join(folder, 'acme.pem'), keys.publicKey.export({ type: 'spki', format: 'pem' }));
  writeFileSync(join(folder, 'shop'), shopSecret);
  const callbacks = await callbackServer();
  const settings = (openDsr: object = {}) => ({
    form: { perAddressADay: 2, perHour: 20 },
    openDsr: {
      domain: 'opendsr.ficha.test',
      certificateFile: openDsrFile('processor.pem'),
      key: `file:${openDsrFile('processor.key')}`,
      customerIdsOf: 'erp',
      controllers: [{ id: 'acme', publicKeyFile: join(folder, 'acme.pem'), callbackHosts: [new URL(callbacks.url).host] }],
      ...openDsr,
    },
    shops: [{ name: 'main', domain: 'acme.myshopify.com', secret: `file:${join(folder, 'shop')}`, system: 'erp' }],
  });
  const temporal = await testTemporal();
  const scene = await setScene(temporal);
  const ways = intakeWays(settings(), true, new Date()) ?? { shops: new Map() };
  const { state: post, mailer } = mailServer();
  const deps: IntakeDeps = {
    db: scene.database.worker,
    keys: testKeyRing(),
    log: createLog({ level: 'silent' }),
    now: () => new Date(),
    temporal: clientOnQueue(temporal, scene.bench.taskQueue),
    publicUrl: () => 'https://ficha.test',
    mailer,
  };
  const intake = createIntake(deps, ways);
  return {
    scene,
    intake,
    deps,
    ways,
    post,
    settings,
    callbackUrl: callbacks.url,
    calledBack: callbacks.calls,
    asAcme: async (method, path, body = '', change = {}) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const seconds = change['x-opendsr-timestamp'] ?? `${Math.floor(Date.now() / 1000)}`;
      const signature = sign(null, signedByController(method, `/opendsr/v2${path}`, seconds, text), keys.privateKey);
      const headers = {
        'x-opendsr-controller-id': 'acme',
        'x-opendsr-timestamp': seconds,
        'x-opendsr-controller-signature': signature.toString('base64'),
        ...change,
      };
      return await answerOf(
        await intake.request(`/opendsr/v2${path}`, { method, headers, ...(text === '' ? {} : { body: text }) }),
      );
    },
    requestOf: async (ref) => {
      const { rows } = await scene.database.worker.query<{ id: string }>(sql`
        select request_id as id from privacy_intake where caller_ref = ${ref}`);
      return rows[0]?.id ?? '';
    },
    end: async () => {
      callbacks.server.close();
      rmSync(folder, { recursive: true });
      await scene.end();
      await temporal.stop();
    },
  };
}
