import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMailmanTwin } from '../twins/mailman.ts';
import type { ServerAccess } from './open-on-server.ts';
import { startMailman } from './real/mailman.ts';
import { orLeftOut } from './real/real-system.ts';

/** A Mailman to run the same cases on: the twin or the real one. */
export interface MailmanServer extends ServerAccess {
  /** Whether its own storage holds this text, in lower case. */
  holds(needle: string): Promise<boolean>;
  stop(): Promise<void>;
}

const call = (server: MailmanServer, method: string, path: string, form?: Readonly<Record<string, string>>): Promise<Response> =>
  fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: `Basic ${Buffer.from(`${server.user}:${server.password}`).toString('base64')}` },
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  });

/** What an administrator does on the server by hand. */
export async function onMailman(
  server: MailmanServer,
  method: string,
  path: string,
  form?: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly memberId: string }> {
  const response = await call(server, method, path, form);
  const text = await response.text();
  return { status: response.status, memberId: /"member_id": ?"(\w+)"/.exec(text)?.[1] ?? '' };
}

/** Subscribes like an import: confirmed beforehand, no welcome mail. Gives the status. */
export async function subscribe(server: MailmanServer, list: string, subscriber: string, name: string): Promise<number> {
  const confirmed = { pre_verified: 'true', pre_confirmed: 'true', pre_approved: 'true', send_welcome_message: 'false' };
  const { status } = await onMailman(server, 'POST', '/members', {
    list_id: `${list}.example.test`,
    subscriber,
    display_name: name,
    ...confirmed,
  });
  return status;
}

async function twin(): Promise<MailmanServer> {
  const started = await startMailmanTwin({ lists: [] });
  return { ...started, holds: (needle) => Promise.resolve(started.dump().toLowerCase().includes(needle)) };
}

async function real(): Promise<MailmanServer> {
  const dir = await mkdtemp(join(tmpdir(), 'ficha-mailman-'));
  const started = await startMailman({ dir });
  return {
    ...started,
    holds: async (needle) => (await started.rawStorageSearch([needle])).length > 0,
    stop: () => started.stop().then(() => rm(dir, { recursive: true })),
  };
}

/** The twin, and the real server where it can be installed. @param most 1: the twin alone */
export async function mailmanServers(most = 2): Promise<readonly (readonly [string, MailmanServer])[]> {
  const reals = most < 2 ? [] : (await orLeftOut(real())).map((server) => ['real GNU Mailman 3.3.10', server] as const);
  return [['twin', await twin()], ...reals];
}
