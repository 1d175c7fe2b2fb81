import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { Role } from '../domain/access/role.ts';
import { givenSettings } from '../platform/settings.ts';
import type { Question } from './question.ts';

/** A mistake of the person at the keyboard, or a server that says no: shown as it is, without a stack. */
export class CommandFailed extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 no server or no token, 4 found nothing. */
export const exitCodes = { failed: 1, usage: 2, unreachable: 3, nothing: 4 } as const;

/** A setting as the environment or the config file gives it. */
const given = (name: string): string | undefined => givenSettings(process.env).get(name)?.text;

/** Folder of everything that Ficha keeps outside the databases. */
const home = (): string => given('FICHA_HOME') ?? '.ficha';

/** Where users keep connectors of their own. */
export const ownConnectors = (): string => resolve(home(), 'connectors');

const kept = (file: string): string | undefined => {
  const path = join(home(), file);
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
};

/** Where Ficha answers: FICHA_URL, else what `ficha up` wrote in its folder. */
export function serverUrl(): string {
  const url = given('FICHA_URL') ?? kept('address');
  if (url && !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new CommandFailed('setting-invalid: FICHA_URL must be an address such as http://127.0.0.1:4680', exitCodes.unreachable);
  if (url) return url.replace(/\/$/, '');
  throw new CommandFailed(
    `no-server: Ficha is not running here (looked in ${home()}). Start it with \`npm start\` or set FICHA_URL.`,
    exitCodes.unreachable,
  );
}

/** The token to ask with: FICHA_TOKEN, else the sample user's of this role that `ficha up` wrote. */
function tokenFor(role: Role): string {
  const token = given('FICHA_TOKEN') ?? kept(join('tokens', role));
  if (token) return token;
  throw new CommandFailed(`no-token: set FICHA_TOKEN to a token with the role ${role}.`, exitCodes.unreachable);
}

async function ask(
  path: string,
  role: Role,
  init: Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> },
): Promise<Response> {
  const url = `${serverUrl()}${path}`;
  try {
    return await fetch(url, {
      ...init,
      headers: { 'content-type': 'application/json', ...init.headers, authorization: `Bearer ${tokenFor(role)}` },
      signal: AbortSignal.timeout(60_000),
    });
  } catch (cause) {
    if (cause instanceof CommandFailed) throw cause;
    throw new CommandFailed(
      `no-answer: ${new URL(url).origin} does not answer. Is Ficha running? \`ficha doctor\` looks.`,
      exitCodes.unreachable,
    );
  }
}

/** Runs one GraphQL query. */
export async function query<Data>(role: Role, document: Question, variables: Readonly<Record<string, unknown>>): Promise<Data> {
  const response = await ask('/graphql', role, {
    method: 'POST',
    body: JSON.stringify({ query: document, variables }),
  });
  const answer = (await response.json()) as { readonly data?: Data; readonly errors?: readonly { readonly message: string }[] };
  if (answer.errors?.[0] !== undefined || answer.data === undefined) {
    throw new CommandFailed(answer.errors?.[0]?.message ?? `no-answer: HTTP ${response.status}`);
  }
  return answer.data;
}

/** `--dry-run`: the server checks everything and keeps nothing. */
export interface Trying {
  readonly dryRun?: boolean;
}

const tried = (path: string, { dryRun = false }: Trying): string => (dryRun ? `${path}?dryRun=true` : path);

/** Sends one command; the answer is what the route says. */
export async function command<Answer>(
  role: Role,
  method: 'POST' | 'PUT' | 'GET' | 'DELETE',
  path: string,
  body?: unknown,
  trying: Trying = {},
): Promise<Answer> {
  const response = await ask(tried(path, trying), role, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return await answerOf<Answer>(response);
}

/** Sends one command whose body is of a media type of its own. */
export async function commandBytes<Answer>(
  role: Role,
  path: string,
  { mediaType, body }: { readonly mediaType: string; readonly body: Uint8Array<ArrayBuffer> },
  trying: Trying = {},
): Promise<Answer> {
  return await answerOf<Answer>(
    await ask(tried(path, trying), role, { method: 'POST', body, headers: { 'content-type': mediaType } }),
  );
}

async function answerOf<Answer>(response: Response): Promise<Answer> {
  const answer: unknown = await response.json();
  if (!response.ok)
    throw new CommandFailed((answer as { readonly message?: string }).message ?? `failed: HTTP ${response.status}`);
  return answer as Answer;
}

/** The body of one answer that may be large, as it comes. */
export async function download(role: Role, path: string): Promise<NodeReadableStream> {
  const response = await ask(path, role, { method: 'GET' });
  if (!response.ok || response.body === null) {
    const answer = (await response.json().catch(() => ({}))) as { readonly message?: string };
    throw new CommandFailed(answer.message ?? `failed: HTTP ${response.status}`);
  }
  return response.body as NodeReadableStream; // the same class: the DOM's type lacks the iterator
}
