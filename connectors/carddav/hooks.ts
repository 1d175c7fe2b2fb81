import type { CheckResult, RecordRef } from '../kit/contract.ts';
import type { HookContext, Hooks } from '../kit/hooks.ts';
import { AddressBook } from './api.ts';
import { eraseAnswer, readConsent, suppress, unsuppress } from './consent.ts';
import { erase, exportRecord, verify } from './erasure.ts';
import { lookup } from './lookup.ts';
import { pull } from './pull.ts';
import { cardDavSettings } from './settings.ts';

async function check(book: AddressBook): Promise<CheckResult> {
  const problem = (verb: string, code: string, say: string): CheckResult => ({ ok: false, problems: [{ verb, code, say }] });
  const { status, found } = await book.describe();
  if (status === 401) return problem('check', 'credentials-refused', 'the server lets nobody in with this user and secret');
  if (status === 403) return problem('pull', 'right-missing', 'the user may not read this address book; share it with them');
  if (found === undefined || !found.elements.has('addressbook'))
    return problem('pull', 'address-book-missing', 'config.url is no address book; it ends with its name and a slash');
  if (!found.elements.has('sync-collection'))
    return problem('pull', 'sync-unsupported', 'the server cannot tell what changed (sync-collection, RFC 6578)');
  return { ok: true, problems: [] };
}

const opened = ({ send, config }: HookContext) => {
  const settings = cardDavSettings(config);
  return { book: new AddressBook(send, settings.url), settings };
};

/** The card whose category a consent is; undefined for a card itself. */
const cardOf = ({ kind, externalId }: RecordRef): RecordRef | undefined =>
  kind === 'consent' ? { kind: 'person', externalId: externalId.replace(/:email:[^:]*$/, '') } : undefined;

/** XML and vCards: a manifest speaks JSON. */
export const hooks: Hooks = {
  listPages: (_stream, cursor, context) => {
    const { book, settings } = opened(context);
    return pull(book, settings, cursor, context.now());
  },
  verbs: (context) => {
    const { book, settings } = opened(context);
    return {
      check: () => check(book),
      lookup: (identifiers) => lookup(book, settings, identifiers),
      readConsent: (ref) => readConsent(book, settings, ref),
      suppress: (ref, order) => suppress(book, settings, ref, order),
      unsuppress: (ref, order) => unsuppress(book, settings, ref, order),
      erase: (ref, options) => {
        const card = cardOf(ref);
        return card === undefined ? erase(book, ref, options) : eraseAnswer(book, settings, card, options);
      },
      export: async (ref) => {
        const card = cardOf(ref);
        if (card === undefined) return await exportRecord(book, ref);
        const [said] = await readConsent(book, settings, card);
        return said?.answer === 'denied' ? { ref, fields: { CATEGORIES: settings.optOutCategory }, attachments: [] } : null;
      },
      verify: async (ref) => {
        const card = cardOf(ref);
        if (card === undefined) return await verify(book, ref);
        const noted = (await readConsent(book, settings, card)).some(({ answer }) => answer === 'denied');
        return noted
          ? { result: 'present', residue: [{ where: 'category of the card', due: null }], count: 1 }
          : { result: 'gone', residue: [], count: 0 };
      },
    };
  },
};
