import type { Capabilities, CheckResult, Cursor, LinkedSystem, PullPage } from '../kit/contract.ts';
import { MailmanApi, type Send } from './api.ts';
import { pullConsent } from './consent.ts';
import { erase, exportRecord, lookup, verify } from './erasure.ts';
import { pullPeople } from './people.ts';
import { type MailmanSettings, mailmanSettings } from './settings.ts';
import { readConsent, suppress, unsuppress } from './suppression.ts';

export interface MailmanContext {
  readonly systemId: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly send: Send;
  readonly now: () => Date;
}

export const mailmanCapabilities: Capabilities = {
  kinds: ['person', 'consent'],
  streams: ['person', 'consent'],
  incremental: false,
  lookup: true,
  contacts: ['email'],
  suppress: true,
  erase: true,
  redact: false,
  export: true,
  verify: true,
};

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

/** Opens one linked GNU Mailman over its REST API. */
export function openMailman({ systemId, config, send, now }: MailmanContext): LinkedSystem {
  const api = new MailmanApi(send);
  const settings = mailmanSettings(config);
  return {
    systemId,
    capabilities: mailmanCapabilities,
    check: () => check(api, settings),
    pull: (stream: string, cursor: Cursor | null): AsyncIterable<PullPage> =>
      stream === 'person' ? pullPeople(api) : pullConsent(api, settings, cursor, now()),
    lookup: (identifiers) => lookup(api, settings, identifiers),
    readConsent: (ref) => readConsent(api, settings, ref),
    suppress: (ref, order) => suppress(api, settings, ref, order),
    unsuppress: (ref, order) => unsuppress(api, settings, ref, order),
    erase: (ref, options) => erase(api, settings, ref, options),
    export: (ref) => exportRecord(api, settings, ref),
    verify: (ref) => verify(api, settings, ref),
    close: () => Promise.resolve(),
  };
}
