import type { CheckResult } from '../kit/contract.ts';
import type { HookContext, Hooks } from '../kit/hooks.ts';
import { MailmanApi } from './api.ts';
import { pullConsent } from './consent.ts';
import { erase, exportRecord, lookup, verify } from './erasure.ts';
import { pullPeople } from './people.ts';
import { type MailmanSettings, mailmanSettings } from './settings.ts';
import { eraseSubscription, exportSubscription, verifySubscription } from './subscription.ts';
import { readConsent, suppress, unsuppress } from './suppression.ts';

async function check(api: MailmanApi, { lists }: MailmanSettings): Promise<CheckResult> {
  const answer = await api.version();
  if (answer.status !== 200) {
    const say = 'Mailman refused the user name or password of its REST API ([webservice] admin_user and admin_pass)';
    return { ok: false, problems: [{ verb: 'pull', code: 'credentials-refused', say }] };
  }
  const problems: CheckResult['problems'][number][] = [];
  for (const { id } of lists) {
    const say = `there is no list ${id}; a list id has a dot where the posting address has an @`;
    if (!(await api.listExists(id))) problems.push({ verb: 'pull', code: 'list-missing', say });
  }
  const { mailman_version: account } = answer.body as { readonly mailman_version: string }; // the vendor's shape
  return { ok: problems.length === 0, account, problems };
}

const opened = ({ send, config }: HookContext) => ({ api: new MailmanApi(send), settings: mailmanSettings(config) });

/** What a manifest cannot say of Mailman: lists compared with what earlier runs saw, and e-mail addresses kept out of requests' addresses. */
export const hooks: Hooks = {
  listPages: (stream, cursor, context) => {
    const { api, settings } = opened(context);
    return stream === 'person' ? pullPeople(api, cursor) : pullConsent(api, settings, cursor, context.now());
  },
  verbs: (context) => {
    const { api, settings } = opened(context);
    return {
      check: () => check(api, settings),
      lookup: (identifiers) => lookup(api, settings, identifiers),
      readConsent: (ref) => readConsent(api, settings, ref),
      suppress: (ref, order) => suppress(api, settings, ref, order),
      unsuppress: (ref, order) => unsuppress(api, settings, ref, order),
      erase: (ref, options) => (ref.kind === 'consent' ? eraseSubscription : erase)(api, settings, ref, options),
      export: (ref) => (ref.kind === 'consent' ? exportSubscription : exportRecord)(api, settings, ref),
      verify: (ref) => (ref.kind === 'consent' ? verifySubscription : verify)(api, settings, ref),
    };
  },
};
