import type { HookContext, Hooks } from '../kit/hooks.ts';
import { check } from './check.ts';
import { discover } from './discover.ts';
import { erase } from './erasure.ts';
import { exportRecord } from './export.ts';
import { filesOf } from './files.ts';
import { lookup } from './lookup.ts';
import { pull } from './pull.ts';
import { TrytonSession } from './session.ts';
import { trytonSettings } from './settings.ts';
import { readConsent, suppress, unsuppress } from './suppression.ts';
import { verify } from './verify.ts';

const sessions = new WeakMap<HookContext, TrytonSession>();

/** One session for all that is done with one opened system. */
function sessionOf(context: HookContext): TrytonSession {
  const known = sessions.get(context);
  if (known !== undefined) return known;
  const { database, user } = trytonSettings(context.config);
  const session = new TrytonSession(context.send, { database, user, password: context.secret('password') });
  sessions.set(context, session);
  return session;
}

/** Tryton speaks JSON-RPC with sessions, tagged dates and wizards, over one address: a manifest cannot say that. */
export const hooks: Hooks = {
  listPages: (stream, cursor, context) => pull(sessionOf(context), trytonSettings(context.config), stream, cursor),
  verbs: (context) => {
    const session = sessionOf(context);
    const settings = trytonSettings(context.config);
    return {
      check: () => check(session, settings.database),
      discover: () => discover(session),
      lookup: (identifiers) => lookup(session, settings, identifiers),
      readConsent: (ref) => readConsent(session, settings, ref),
      suppress: (ref, order) => suppress(session, settings, ref, order),
      unsuppress: (ref, order) => unsuppress(session, settings, ref, order),
      erase: (ref, options) => erase(session, ref, options),
      export: (ref) => exportRecord(session, ref),
      verify: (ref) => verify(session, ref),
      files: filesOf(session),
    };
  },
};
