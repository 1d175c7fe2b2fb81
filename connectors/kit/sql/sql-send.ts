import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { FichaError } from '../../../domain/record/error.ts';
import type { ConnectorDatabase } from '../../../schemas/types.ts';
import { hostMatches } from '../allowed-hosts.ts';
import type { OpenContext } from '../contract.ts';
import type { Answer, Call, Send } from '../hooks.ts';
import type { Limiter } from '../limiter.ts';
import { filledText } from '../template.ts';
import { type DatabasePlace, type Driver, SqlFailure } from './driver.ts';
import { openMysql } from './mysql.ts';
import { openPostgresql } from './postgresql.ts';
import { openSqlite } from './sqlite.ts';

const mostTries = 4;
const defaultTimeoutMs = 30_000;
const drivers = { postgresql: openPostgresql, mysql: openMysql, sqlite: openSqlite } as const;
const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);

/** The authority's certificates. @throws FichaError `setting-invalid` */
function authorityIn(file: string, systemId: string): string | undefined {
  if (file === '') return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new FichaError('setting-invalid', `${systemId}: database.ca names a file that the worker cannot read`, { cause });
  }
}

function placeOf(database: ConnectorDatabase, open: OpenContext): DatabasePlace {
  const { systemId, config } = open;
  const text = (template: string | undefined): string => (template === undefined ? '' : filledText(template, { config }));
  const host = text(database.host);
  const { allowHosts, secret, port } = database;
  if (allowHosts !== undefined && !allowHosts.some((pattern) => hostMatches(host, pattern)))
    throw new FichaError('host-not-allowed', `${systemId}: database.host is none of database.allowHosts; nothing was sent there`);
  const tls = text(database.tls) || (loopback.has(host) ? 'off' : 'verify');
  if (tls !== 'off' && tls !== 'verify')
    throw new FichaError('setting-invalid', `${systemId}: database.tls is "verify" or "off"`);
  return {
    systemId,
    host,
    port: port === undefined ? undefined : Number(text(port)),
    name: text(database.name),
    user: text(database.user),
    password: secret === undefined ? '' : open.secret(secret),
    tls: tls === 'verify' ? { authority: authorityIn(text(database.ca), systemId) } : undefined,
    file: text(database.file),
    timeoutMs: database.timeoutMs ?? defaultTimeoutMs,
    readOnly: open.readOnly === true,
  };
}

const grants: Readonly<Record<string, readonly [code: string, say: string]>> = {
  credentials: ['credentials-refused', 'it lets nobody in with this user and secret'],
  certificate: [
    'certificate-refused',
    'it could not prove with a certificate that it is the host of the settings, so no password was sent. Name the host as its certificate ' +
      'does, and in database.ca the authority that signed it; or have the server speak TLS',
  ],
  right: ['right-missing', 'the user may not do this; grant it in the database'],
  schema: ['schema-differs', 'the manifest names what is not there'],
  referred: ['still-referred-to', 'other rows refer to it; delete or overwrite them in a step before'],
  busy: ['database-busy', 'it has no place for one more, or another program writes'],
  undone: ['database-busy', 'another transaction was in the way; nothing was done'],
};

/** What a failure means to the caller: an answer where there is one, else an error without a value in it. */
function failed(failure: SqlFailure, call: Call, systemId: string): Answer {
  const { kind, code, say } = failure;
  if (kind === 'unheld') return { status: call.method === 'GET' ? 200 : 404, headers: {}, body: call.method === 'GET' ? [] : {} };
  if (kind === 'referred' && call.expect?.includes(409) === true) return { status: 409, headers: {}, body: {} };
  if (kind === 'lost') {
    const read = call.method === 'GET';
    const way = read ? 'is it running, and are host and port right?' : 'whether it took effect must be read back';
    throw new FichaError(read ? 'no-answer' : 'outcome-unknown', `${systemId}: the database gave no answer; ${way}`, {
      retry: 'later',
      cause: failure,
    });
  }
  const [name, why] = grants[kind] ?? ['statement-refused', 'the database refuses the statement'];
  const retry = kind === 'busy' || kind === 'undone' ? 'later' : 'never';
  const detail = [code, say].filter((part) => part !== '').join(', ');
  // the driver's own error may quote a row, so it is not the cause
  throw new FichaError(name, `${systemId}: ${why}${detail === '' ? '' : ` (${detail})`}`, { retry });
}

/** A way to send statements in place of HTTP calls, with the same limits, retries and errors. Connects at the first statement. */
export function sqlSend(
  database: ConnectorDatabase,
  open: OpenContext,
  limiter: Limiter,
): { readonly send: Send; readonly close: () => Promise<void> } {
  let driver: Driver | undefined;
  const once = async (call: Call): Promise<Answer> => {
    const { statement } = call;
    if (statement === undefined) throw new FichaError('verb-unsupported', `${open.systemId}: a database is asked by SQL only`);
    driver ??= drivers[database.kind](placeOf(database, open));
    const release = await limiter.take(open.signal, call);
    try {
      const { rows, touched } = await driver.run(statement);
      if (call.method === 'GET') return { status: 200, headers: {}, body: rows };
      return { status: touched === 0 ? 404 : 200, headers: {}, body: rows.length > 0 ? rows : { touched } };
    } finally {
      release();
    }
  };
  const send: Send = async (call) => {
    if (open.readOnly === true && call.method !== 'GET')
      throw new FichaError('write-refused', `${open.systemId}: it was opened to be read only, and this statement writes`);
    for (let attempt = 1; ; attempt += 1) {
      open.signal.throwIfAborted();
      try {
        return await once(call);
      } catch (error) {
        if (!(error instanceof SqlFailure)) throw error;
        const { kind } = error;
        const again = kind === 'busy' || kind === 'undone' || (kind === 'lost' && call.method === 'GET');
        if (!again || attempt >= mostTries) return failed(error, call, open.systemId);
        await wait(Math.min(250 * 2 ** attempt, 4_000) * (0.5 + Math.random() / 2), undefined, { signal: open.signal });
      }
    }
  };
  return { send, close: async () => await driver?.close() };
}
