import type { Capabilities, CheckResult, Cursor, LinkedSystem, PullPage } from '../kit/contract.ts';
import { customFieldValues, RequestTrackerApi, type Send } from './api.ts';
import { pullConsent, readConsent, suppress, unsuppress } from './consent.ts';
import { erase, exportRecord, lookup, verify } from './erasure.ts';
import { pullPeople } from './people.ts';
import { pullTickets } from './tickets.ts';

export interface RequestTrackerContext {
  readonly systemId: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly send: Send;
  readonly now: () => Date;
}

export const requestTrackerCapabilities: Capabilities = {
  kinds: ['person', 'interaction', 'consent'],
  streams: ['person', 'interaction', 'consent'],
  incremental: true,
  lookup: true,
  contacts: ['email'],
  suppress: true,
  erase: true,
  redact: false,
  export: true,
  verify: true,
};

async function check(api: RequestTrackerApi, field: string): Promise<CheckResult> {
  const answer = await api.version();
  if (answer.status !== 200) {
    const say =
      'Request Tracker refused the user or token; it needs a privileged user with AdminUsers and SuperUser or ShowTicket';
    return { ok: false, problems: [{ verb: 'pull', code: 'credentials-refused', say }] };
  }
  const account = `Request Tracker ${(answer.body as { readonly Version: string }).Version}`; // the vendor's shape
  const { items } = await api.users([], 1, 'oldest-first');
  const applied = items.some((user) => customFieldValues(user, field) !== undefined);
  const say = `there is no custom field ${field} applied to users; add do-not-contact.initialdata (README), or name another in the settings`;
  const problems = applied ? [] : [{ verb: 'suppress', code: 'custom-field-missing', say }];
  return { ok: applied, account, problems };
}

const settingsOf = (config: Readonly<Record<string, unknown>>) => ({
  field: typeof config.customField === 'string' ? config.customField : 'DoNotContact',
  includeStaff: config.includeStaff === true,
  lookbackMs: (typeof config.lookbackMinutes === 'number' ? config.lookbackMinutes : 5) * 60_000,
});

/** Opens one linked Request Tracker 5 over REST2. */
export function openRequestTracker({ systemId, config, send, now }: RequestTrackerContext): LinkedSystem {
  const api = new RequestTrackerApi(send);
  const { field, includeStaff, lookbackMs } = settingsOf(config);
  const pull = (stream: string, cursor: Cursor | null): AsyncIterable<PullPage> => {
    if (stream === 'person') return pullPeople(api, includeStaff, cursor, now(), lookbackMs);
    return stream === 'interaction' ? pullTickets(api, cursor, now(), lookbackMs) : pullConsent(api, field);
  };
  return {
    systemId,
    capabilities: requestTrackerCapabilities,
    check: () => check(api, field),
    pull,
    lookup: (identifiers) => lookup(api, identifiers),
    readConsent: (ref) => readConsent(api, field, ref),
    suppress: (ref, order) => suppress(api, field, ref, order),
    unsuppress: (ref, order) => unsuppress(api, field, ref, order),
    erase: (ref, options) => erase(api, field, ref, options),
    export: (ref) => exportRecord(api, ref),
    verify: (ref) => verify(api, field, ref),
    close: () => Promise.resolve(),
  };
}
