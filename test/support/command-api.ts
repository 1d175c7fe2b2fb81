import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { CommandDeps } from '../../api/context.ts';
import { createCommandApi } from '../../api/server.ts';
import { aboutOf } from '../../connectors/kit/about.ts';
import { readManifest } from '../../connectors/kit/manifest.ts';
import type { Role } from '../../domain/access/role.ts';
import { createLog } from '../../platform/log.ts';
import { testKeyRing } from './keys.ts';
import type { TestDatabase } from './postgres.ts';
import type { TestTemporal } from './temporal.ts';
import { unlinked } from './unlinked.ts';

const mailman = fileURLToPath(new URL('../../connectors/mailman/manifest.yaml', import.meta.url));

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The command API on a real database and Temporal, and what it logs. */
export interface TestCommandApi {
  readonly log: readonly string[];
  send(role: Role, method: string, path: string, body?: unknown): Promise<Answer>;
  sendText(role: Role, method: string, path: string, body: string): Promise<Answer>;
}

/** Who asks is said by the role; `over` replaces parts. */
export function testCommandApi(database: TestDatabase, temporal: TestTemporal, over: Partial<CommandDeps> = {}): TestCommandApi {
  const lines: string[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const api = createCommandApi({
    db: database.worker,
    temporal: temporal.client,
    keys: testKeyRing(),
    log: createLog({}, sink),
    now: () => new Date(),
    // the token's own tests are in platform/
    ordererOf: (request) =>
      Promise.resolve({ subject: 'somebody', roles: [(request.headers.get('authorization') ?? '') as Role] }),
    ...unlinked,
    connectors: () => [aboutOf(readManifest(mailman, 'connectors/mailman/manifest.yaml'))],
    ...over,
  } as CommandDeps); // `over` may leave nothing undefined
  const sendText: TestCommandApi['sendText'] = async (role, method, path, body) => {
    const init = method === 'GET' ? {} : { body };
    const response = await api.request(path, { method, headers: { authorization: role }, ...init });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : { text } };
  };
  return {
    log: lines,
    sendText,
    send: (role, method, path, body) => sendText(role, method, path, JSON.stringify(body ?? {})),
  };
}
