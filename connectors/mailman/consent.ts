import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import type { Cursor, PullPage } from '../kit/contract.ts';
import type { AddressEntry, MailmanApi } from './api.ts';
import { byUser, inPages, utc } from './people.ts';
import { Seen } from './seen.ts';
import { consentId } from './subscription.ts';
import { listsFor, type MailmanSettings, purposesOf } from './settings.ts';

/** Who is on one followed list, and how. */
interface ListState {
  readonly optIn: boolean;
  readonly members: ReadonlySet<string>;
  readonly enabled: ReadonlySet<string>;
  readonly stoppedByUser: ReadonlySet<string>;
  readonly banned: ReadonlySet<string>;
}

/** What Mailman holds of one person and one purpose, as an answer with its reason; undefined when it says nothing. */
interface Said {
  readonly answer: 'granted' | 'denied' | 'pending';
  readonly how: string;
}

async function readList(api: MailmanApi, id: string, optIn: boolean): Promise<ListState> {
  const members = await api.memberEmails(id);
  const enabled = await api.memberEmails(id, 'enabled');
  const allEnabled = members.size === enabled.size;
  const stoppedByUser = allEnabled ? new Set<string>() : await api.memberEmails(id, 'by_user');
  return { optIn, members, enabled, stoppedByUser, banned: await api.bans(id) };
}

/** What the memberships of one person's addresses say for one purpose; `absent` when none of them is on a list of it. */
function saidByLists(emails: readonly string[], lists: readonly ListState[]): Said | 'absent' {
  const on = lists.filter(({ members }) => emails.some((email) => members.has(email)));
  const receiving = on.filter(({ enabled }) => emails.some((email) => enabled.has(email)));
  if (on.length === 0) return 'absent';
  if (receiving.some(({ optIn }) => optIn)) return { answer: 'granted', how: 'subscribed' };
  if (receiving.length > 0) return { answer: 'pending', how: 'subscribed-without-proof' };
  if (on.some(({ stoppedByUser }) => emails.some((email) => stoppedByUser.has(email)))) {
    return { answer: 'denied', how: 'delivery-stopped-by-user' };
  }
  return { answer: 'pending', how: 'delivery-stopped-by-system' }; // bounces or a moderator: nothing that the person said
}

/** A person who is on no list of the purpose: left it, or is on no followed list at all after having confirmed an address. */
function saidByAbsence(ofUser: readonly AddressEntry[], wasIn: boolean, onAnyList: boolean): Said | undefined {
  if (wasIn) return { answer: 'denied', how: 'unsubscribed' };
  const confirmed = ofUser.some(({ verified_on }) => verified_on !== undefined);
  return confirmed && !onAnyList ? { answer: 'denied', how: 'subscribed-to-nothing' } : undefined;
}

/** Times: the grant of a baseline is as old as its address; all else is when Ficha first saw it. */
function timeOf(since: number, ofUser: readonly AddressEntry[]): string {
  if (since > 0) return new Date(since * 1000).toISOString();
  const registered = ofUser.map(({ registered_on }) => utc(registered_on)).sort();
  return registered[0] ?? new Date(0).toISOString();
}

function draft(email: string, purpose: string, said: Said, at: string): SourceRecordDraft {
  const fields = { purpose, channel: 'email', answer: said.answer, at, atKnown: false, how: said.how };
  return {
    kind: 'consent',
    externalId: consentId(purpose, email),
    raw: fields,
    canonical: { clientExternalId: email, ...fields },
  };
}

/**
 * What every known person said, for each purpose of the followed lists. Mailman keeps no time on a membership and no trace of one that
 * ended, so each run lists all and compares with what earlier runs saw: who was on the lists of a purpose and is not any more has
 * unsubscribed, and that is an opt-out (`denied`), not a deletion. The same person on another list of the purpose has not left it.
 */
export async function* pullConsent(
  api: MailmanApi,
  settings: MailmanSettings,
  cursor: Cursor | null,
  now: Date,
): AsyncGenerator<PullPage> {
  const users = byUser((await api.addresses()).values());
  const bannedEverywhere = await api.bans();
  const states = new Map<string, ListState>();
  for (const { id, optIn } of settings.lists) states.set(id, await readList(api, id, optIn));
  const before = Seen.from(cursor);
  const after = new Seen();
  const nowSeconds = Math.floor(now.getTime() / 1000);
  const drafts: SourceRecordDraft[] = [];
  for (const [userId, ofUser] of users) {
    const emails = ofUser.map(({ email }) => email);
    const onAnyList = [...states.values()].some(({ members }) => emails.some((email) => members.has(email)));
    for (const purpose of purposesOf(settings)) {
      const lists = listsFor(settings, purpose).flatMap(({ id }) => states.get(id) ?? []);
      const key = Seen.key(purpose, userId);
      const seen = before.get(key);
      const banned = emails.some((email) => bannedEverywhere.has(email) || lists.some((list) => list.banned.has(email)));
      const byLists = saidByLists(emails, lists);
      const unbanned = byLists === 'absent' ? saidByAbsence(ofUser, seen !== undefined, onAnyList) : byLists;
      const said: Said | undefined = banned ? { answer: 'denied', how: 'banned' } : unbanned;
      if (said === undefined) continue;
      const side = said.answer === 'denied' ? 'out' : 'in';
      const since = seen?.side === side ? seen.since : seen === undefined && side === 'in' ? 0 : nowSeconds;
      after.set(key, { side, since });
      for (const email of emails) drafts.push(draft(email, purpose, said, timeOf(since, ofUser)));
    }
  }
  yield* inPages(drafts, cursor, after.toCursor());
}
