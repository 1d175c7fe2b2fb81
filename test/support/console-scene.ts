import { Writable } from 'node:stream';
import { createCommandApi } from '../../api/server.ts';
import { createBackEnd } from '../../console/back-end.ts';
import { createConsole } from '../../console/server.ts';
import { roles } from '../../domain/access/role.ts';
import { createGraphqlHandler } from '../../graphql/server.ts';
import { createLog } from '../../platform/log.ts';
import { bearerOf, createTokenIssuer, createTokenVerifier } from '../../platform/token.ts';
import { freePort } from '../../runtime/free-port.ts';
import { serveHttp } from '../../runtime/http.ts';
import { testKeyRing } from './keys.ts';
import { type TestDatabase, testDatabase } from './postgres.ts';
import { seedPeople } from './read-people.ts';
import { type TestTemporal, testTemporal } from './temporal.ts';
import { unlinked } from './unlinked.ts';

/** The console over a real database and Temporal, reached by HTTP, with Ana, her company and people who must never be shown. */
export interface ConsoleScene {
  readonly url: string;
  readonly database: TestDatabase;
  readonly logged: () => string;
  /** Moves the clock of the console alone. */
  readonly later: (minutes: number) => void;
  stop(): Promise<void>;
}

/** @param own what the command API works with beyond the database, where a test needs it */
export async function consoleScene(own: Partial<typeof unlinked> = {}): Promise<ConsoleScene> {
  const temporal: TestTemporal = await testTemporal();
  const database = await testDatabase();
  await seedPeople(database.worker);
  const keys = testKeyRing();
  const lines: string[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const log = createLog({ level: 'info' }, sink);
  let ahead = 0;
  const now = (): Date => new Date(Date.now() + ahead * 60_000);
  const verify = createTokenVerifier({ rolesClaim: 'roles' }, keys);
  const bearer = (request: Request) => verify(bearerOf(request.headers.get('authorization')));
  const nothing = { fetch: () => new Response(null, { status: 404 }) };
  const graphql = createGraphqlHandler({
    reader: database.reader,
    accessor: database.accessor,
    analytics: { command: nobody, query: nobody, insert: nobody, close: () => Promise.resolve() },
    log,
    viewerOf: bearer,
    development: false,
  });
  const commands = createCommandApi({
    db: database.worker,
    temporal: temporal.client,
    keys,
    log,
    now: () => new Date(),
    ordererOf: bearer,
    ...unlinked,
    accessor: database.accessor,
    ...own,
  });
  const issue = createTokenIssuer(keys);
  const http = await serveHttp({
    apis: {
      graphql,
      commands,
      preferences: nothing,
      forms: nothing,
      console: createConsole({
        backEnd: createBackEnd(graphql, (request) => commands.fetch(request)),
        keys,
        log,
        now,
        verify,
        sampleToken: (role) => issue({ subject: `sample-${role}`, roles: roles.filter((one) => one === role) }, 36_000),
        idleMinutes: 15,
        secure: false,
      }),
    },
    readiness: () => Promise.resolve({}),
    host: '127.0.0.1',
    port: await freePort(),
  });
  return {
    url: http.url,
    database,
    logged: () => lines.join(''),
    later: (minutes) => {
      ahead += minutes;
    },
    stop: async () => {
      await http.stop();
      await database.drop();
      await temporal.stop();
    },
  };
}

const nobody = () => Promise.reject(new Error('this test reads no analytics'));
