import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import type {
  Channel,
  ConsentReading,
  Cursor,
  PullPage,
  RecordRef,
  SuppressionOrder,
  SuppressResult,
  UnsuppressionOrder,
} from '../kit/contract.ts';
import { customFieldValues, pageSize, type RequestTrackerApi, type UserEntry } from './api.ts';
import { noteId } from './noted.ts';
import { isErased } from './people.ts';

const channels: readonly Channel[] = ['email', 'sms', 'phone', 'post', 'messaging'];

/** A value of the custom field: `email:newsletter`, or as an agent types it, `email`, for every purpose. */
const valueOf = (channel: Channel, purpose: string): string => `${channel}:${purpose}`;

function readValue(value: string): { readonly channel: Channel; readonly purpose: string } | undefined {
  const [word = '', purpose = '*'] = value.trim().toLowerCase().split(':');
  const channel = channels.find((known) => known === word);
  return channel === undefined || purpose === '' ? undefined : { channel, purpose };
}

/** When each value was set, from the user's history: an opt-out that an agent noted has a time. */
async function timesOf(api: RequestTrackerApi, user: UserEntry): Promise<ReadonlyMap<string, string>> {
  const times = new Map<string, string>();
  for (const { Type, NewValue, Created } of await api.history(String(user.id))) {
    if (Type === 'CustomField' && NewValue !== '') times.set(NewValue, new Date(Created).toISOString());
  }
  return times;
}

/** How much earlier a change may lie that RT shows late: its times are of the second, and one that is being saved is seen once it is. */
const overlapMs = 60_000;
/** Histories read side by side; the rate budget still holds. */
const readsAtOnce = 4;

async function notesOf(api: RequestTrackerApi, field: string, user: UserEntry): Promise<readonly SourceRecordDraft[]> {
  const values = isErased(user) ? [] : (customFieldValues(user, field) ?? []);
  if (values.length === 0) return [];
  const times = await timesOf(api, user);
  return values.flatMap((value) => {
    const said = readValue(value);
    if (said === undefined) return [];
    const at = times.get(value) ?? new Date(user.LastUpdated).toISOString();
    const event = { ...said, answer: 'denied', at, atKnown: times.has(value), how: 'noted-by-agent' };
    const canonical = { clientExternalId: String(user.id), ...event };
    return [{ kind: 'consent', externalId: noteId(user.id, value), raw: { field, value }, canonical }];
  });
}

/**
 * Opt-outs that agents noted in the custom field. RT drops the condition when the field does not exist, so what comes back is looked at
 * again. Each user takes a call more, for the times: an incremental run reads the latest changes first and stops at what it knows, by RT's
 * own clock; a full one lists all and tells what is gone.
 */
export async function* pullConsent(api: RequestTrackerApi, field: string, cursor: Cursor | null): AsyncGenerator<PullPage> {
  const noted = [{ field: `CustomField.{${field}}`, operator: 'IS NOT', value: 'NULL' }];
  const since = typeof cursor?.since === 'number' ? cursor.since : 0;
  let latest = since;
  for (let page = 1; ; page += 1) {
    const { items } = await api.users(noted, page, since > 0 ? 'latest-change-first' : 'oldest-first');
    const applied = items.some((user) => customFieldValues(user, field) !== undefined);
    const fresh = items.filter(({ LastUpdated }) => !(Date.parse(LastUpdated) < since - overlapMs));
    const records: SourceRecordDraft[] = [];
    for (let start = 0; start < fresh.length; start += readsAtOnce) {
      const some = fresh.slice(start, start + readsAtOnce);
      records.push(...(await Promise.all(some.map((user) => notesOf(api, field, user)))).flat());
    }
    latest = Math.max(latest, ...fresh.flatMap(({ LastUpdated }) => Date.parse(LastUpdated) || []));
    const last = items.length < pageSize || !applied || fresh.length < items.length;
    // a broken run starts over: latest first, pages shift while it goes on
    const next = last && latest > 0 ? { since: latest } : since > 0 ? { since } : {};
    const complete = last && since === 0 ? { complete: true } : {};
    yield { records, rejected: [], deleted: [], cursor: { version: 1, ...next }, last, ...complete };
    if (last) return;
  }
}

/** What the custom field of this user says now; RT knows no consent, only "do not contact". */
export async function readConsent(api: RequestTrackerApi, field: string, ref: RecordRef): Promise<readonly ConsentReading[]> {
  const user = await api.user(ref.externalId);
  const values = user === undefined ? [] : (customFieldValues(user, field) ?? []);
  return values.flatMap((value) => {
    const said = readValue(value);
    return said === undefined ? [] : [{ ...said, answer: 'denied' as const }];
  });
}

async function write(
  api: RequestTrackerApi,
  field: string,
  ref: RecordRef,
  order: SuppressionOrder,
  change: (values: readonly string[]) => readonly string[],
): Promise<SuppressResult> {
  const user = await api.user(ref.externalId);
  if (user === undefined) return { result: 'absent' };
  const values = customFieldValues(user, field);
  if (values === undefined) return { result: 'unsupported', code: 'custom-field-missing' };
  const wanted = change(values);
  const same = (held: readonly string[] | undefined): boolean =>
    [...(held ?? [])].sort().join('\n') === [...wanted].sort().join('\n');
  if (same(values)) return { result: 'already' };
  if (order.dryRun === true) return { result: 'would-apply' };
  const status = await api.update(ref.externalId, { CustomFields: { [field]: wanted } });
  const after = await api.user(ref.externalId);
  const kept = after !== undefined && same(customFieldValues(after, field));
  return kept ? { result: 'applied', status } : { result: 'refused', code: 'custom-field-not-kept', status };
}

/** Notes the opt-out in the custom field and reads the user again: RT says 200 for a value it did not take. */
export function suppress(
  api: RequestTrackerApi,
  field: string,
  ref: RecordRef,
  order: SuppressionOrder,
): Promise<SuppressResult> {
  const covers = (value: string): boolean => {
    const said = readValue(value);
    return said?.channel === order.channel && (said.purpose === '*' || said.purpose === order.purpose);
  };
  const value = valueOf(order.channel, order.purpose);
  return write(api, field, ref, order, (values) => (values.some(covers) ? values : [...values, value]));
}

/** Takes back the note for exactly this channel and purpose, with the consent that allows it. */
export async function unsuppress(
  api: RequestTrackerApi,
  field: string,
  ref: RecordRef,
  order: UnsuppressionOrder,
): Promise<SuppressResult> {
  if (order.consentEventId === '') return { result: 'refused', code: 'no-consent-proof' };
  const gone = ({ channel, purpose }: { readonly channel: Channel; readonly purpose: string }): boolean =>
    channel === order.channel && purpose === order.purpose;
  return write(api, field, ref, order, (values) =>
    values.filter((value) => {
      const said = readValue(value);
      return said === undefined || !gone(said);
    }),
  );
}
