import type { CheckResult } from '../kit/contract.ts';
import type { HookContext, Hooks } from '../kit/hooks.ts';
import { customFieldValues, RequestTrackerApi } from './api.ts';
import { pullConsent, readConsent, suppress, unsuppress } from './consent.ts';
import { erase, exportRecord, lookup, verify } from './erasure.ts';
import { eraseNote, exportNote, verifyNote } from './noted.ts';
import { pullPeople } from './people.ts';
import { eraseTicket, exportTicket, verifyTicket } from './ticket.ts';
import { pullTickets } from './tickets.ts';

async function check(api: RequestTrackerApi, field: string): Promise<CheckResult> {
  const answer = await api.version();
  if (answer.status !== 200) {
    const say = 'Request Tracker refused the user or its secret; it needs a privileged user with AdminUsers and ShowTicket';
    return { ok: false, problems: [{ verb: 'pull', code: 'credentials-refused', say }] };
  }
  const account = `Request Tracker ${(answer.body as { readonly Version: string }).Version}`; // the vendor's shape
  const { items } = await api.users([], 1, 'oldest-first');
  const applied = items.some((user) => customFieldValues(user, field) !== undefined);
  const say = `there is no custom field ${field} applied to users; add do-not-contact.initialdata (README), or name another in the settings`;
  const problems = applied ? [] : [{ verb: 'suppress', code: 'custom-field-missing', say }];
  return { ok: applied, account, problems };
}

const opened = ({ send, config }: HookContext) => ({
  api: new RequestTrackerApi(send),
  field: typeof config.customField === 'string' ? config.customField : 'DoNotContact',
  includeStaff: config.includeStaff === true,
  lookbackMs: (typeof config.lookbackMinutes === 'number' ? config.lookbackMinutes : 5) * 60_000,
});

/** What a manifest cannot say of Request Tracker: searches that drop conditions, times of its own, and residue found by its history. */
export const hooks: Hooks = {
  listPages: (stream, cursor, context) => {
    const { api, field, includeStaff, lookbackMs } = opened(context);
    if (stream === 'person') return pullPeople(api, includeStaff, cursor, context.now(), lookbackMs);
    return stream === 'interaction' ? pullTickets(api, cursor, context.now(), lookbackMs) : pullConsent(api, field, cursor);
  },
  verbs: (context) => {
    const { api, field } = opened(context);
    return {
      check: () => check(api, field),
      lookup: (identifiers) => lookup(api, identifiers),
      readConsent: (ref) => readConsent(api, field, ref),
      suppress: (ref, order) => suppress(api, field, ref, order),
      unsuppress: (ref, order) => unsuppress(api, field, ref, order),
      erase: (ref, options) => {
        if (ref.kind === 'interaction') return eraseTicket(api, ref, options);
        return (ref.kind === 'consent' ? eraseNote : erase)(api, field, ref, options);
      },
      export: (ref) => {
        if (ref.kind === 'interaction') return exportTicket(api, ref);
        return ref.kind === 'consent' ? exportNote(api, field, ref) : exportRecord(api, ref);
      },
      verify: (ref) => {
        if (ref.kind === 'interaction') return verifyTicket(api, ref);
        return (ref.kind === 'consent' ? verifyNote : verify)(api, field, ref);
      },
    };
  },
};
