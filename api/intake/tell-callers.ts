import { noteNotTold, noteTold, takeToTell, type ToTell } from '../../store/write/privacy-callers.ts';
import type { IntakeDeps, OpenDsr } from './ground.ts';
import { signedHeaders } from './opendsr-signature.ts';
import { statusBody } from './opendsr-status.ts';

const timeoutMs = 10_000;

const post = async (openDsr: OpenDsr, url: string, body: Readonly<Record<string, unknown>>): Promise<boolean> => {
  const text = JSON.stringify({ ...body, status_callback_url: url });
  const answer = await fetch(url, {
    method: 'POST',
    headers: signedHeaders(openDsr, text),
    body: text,
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  await answer.body?.cancel();
  return answer.ok;
};

async function tell(deps: IntakeDeps, openDsr: OpenDsr, one: ToTell): Promise<void> {
  const { db, now, log } = deps;
  const hosts = openDsr.controllers.get(one.caller)?.callbackHosts ?? [];
  const urls = one.callbacks.filter((url) => hosts.includes(new URL(url).host));
  const body = await statusBody(deps, one.caller, one.callerRef, one);
  const told = await Promise.allSettled(urls.map((url) => post(openDsr, url, body)));
  if (told.every((answer) => answer.status === 'fulfilled' && answer.value)) {
    await db.transaction((tx) => noteTold(tx, one.id, one.status, now()));
    return;
  }
  log.warn({ taskId: one.id, code: 'caller-not-told' }, 'a controller did not take the status of its request; it is tried again');
  await noteNotTold(db, one.id, one.tries, now());
}

/** Tells controllers where their requests are, once they moved: signed, to every callback, again until it is taken. */
export async function tellCallers(deps: IntakeDeps, openDsr: OpenDsr): Promise<void> {
  const due = await deps.db.transaction((tx) => takeToTell(tx, deps.keys, deps.now()));
  await Promise.all(due.map((one) => tell(deps, openDsr, one)));
}
