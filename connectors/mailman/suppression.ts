import type { ConsentReading, RecordRef, SuppressionOrder, SuppressResult, UnsuppressionOrder } from '../kit/contract.ts';
import type { MailmanApi, MemberEntry } from './api.ts';
import { type FollowedList, listsFor, type MailmanSettings, purposesOf } from './settings.ts';

const stopped = 'by_user';

const membershipsOn = async (api: MailmanApi, email: string, lists: readonly FollowedList[]): Promise<readonly MemberEntry[]> =>
  (await api.membershipsOf(email)).filter(({ list_id, role }) => role === 'member' && lists.some(({ id }) => id === list_id));

async function answerOf(api: MailmanApi, email: string, lists: readonly FollowedList[]): Promise<ConsentReading['answer']> {
  const memberships = await membershipsOn(api, email, lists);
  if (memberships.length === 0) return 'denied'; // on no list of the purpose: nothing is sent
  const statuses = await Promise.all(memberships.map(({ member_id }) => api.deliveryStatus(member_id)));
  const receiving = memberships.filter((_, place) => statuses[place] === 'enabled');
  if (receiving.length === 0) return statuses.includes(stopped) ? 'denied' : 'pending';
  return receiving.some(({ list_id }) => lists.some(({ id, optIn }) => id === list_id && optIn)) ? 'granted' : 'pending';
}

/** Whether Mailman would now write to this address, for each purpose: the status in force, which is not the field that `suppress` sets. */
export async function readConsent(
  api: MailmanApi,
  settings: MailmanSettings,
  ref: RecordRef,
): Promise<readonly ConsentReading[]> {
  const purposes = purposesOf(settings);
  const answers = await Promise.all(purposes.map((purpose) => answerOf(api, ref.externalId, listsFor(settings, purpose))));
  return purposes.map((purpose, place) => ({ channel: 'email', purpose, answer: answers[place] ?? 'unknown' }));
}

/** Bans on the lists of the order; `refused` unless each shows in the list of bans afterwards. */
async function ban(api: MailmanApi, email: string, lists: readonly FollowedList[]): Promise<'already' | 'applied' | 'refused'> {
  let result: 'already' | 'applied' = 'already';
  for (const { id } of lists) {
    if ((await api.bans(id)).has(email)) continue;
    await api.ban(id, email);
    if (!(await api.bans(id)).has(email)) return 'refused';
    result = 'applied';
  }
  return result;
}

/**
 * Stops delivery on every list of the purpose: the person stays a member with `delivery_status` by_user, so that an import cannot
 * subscribe them again (409), and they can start delivery again themselves. Removing the membership would lose both.
 */
export async function suppress(
  api: MailmanApi,
  settings: MailmanSettings,
  ref: RecordRef,
  order: SuppressionOrder,
): Promise<SuppressResult> {
  const lists = listsFor(settings, order.purpose);
  if (order.channel !== 'email') return { result: 'unsupported', code: 'channel-not-used' };
  if (lists.length === 0) return { result: 'already', code: 'no-list-for-purpose' };
  const memberships = await membershipsOn(api, ref.externalId, lists);
  const statuses = await Promise.all(memberships.map(({ member_id }) => api.deliveryStatus(member_id)));
  const open = memberships.filter((_, place) => statuses[place] !== stopped);
  if (order.dryRun === true) return { result: open.length > 0 || settings.suppressWith === 'ban' ? 'would-apply' : 'already' };
  for (const { member_id } of open) {
    const { status } = await api.setDeliveryStatus(member_id, stopped);
    const now = await api.deliveryStatus(member_id);
    if (now !== stopped && now !== undefined) return { result: 'refused', code: 'still-delivered', status };
  }
  const banned = settings.suppressWith === 'ban' ? await ban(api, ref.externalId, lists) : 'already';
  if (banned === 'refused') return { result: 'refused', code: 'ban-not-kept' };
  if (open.length > 0 || banned === 'applied') return { result: 'applied' };
  return { result: 'already', ...(memberships.length === 0 ? { code: 'not-subscribed' } : {}) };
}

/** Starts delivery again on the lists of the purpose where the person is still a member. Never subscribes anyone. */
export async function unsuppress(
  api: MailmanApi,
  settings: MailmanSettings,
  ref: RecordRef,
  order: UnsuppressionOrder,
): Promise<SuppressResult> {
  const lists = listsFor(settings, order.purpose);
  if (order.consentEventId === '') return { result: 'refused', code: 'no-consent-proof' };
  if (order.channel !== 'email' || lists.length === 0) return { result: 'unsupported', code: 'channel-not-used' };
  const memberships = await membershipsOn(api, ref.externalId, lists);
  if (memberships.length === 0) return { result: 'absent', code: 'not-subscribed' };
  const statuses = await Promise.all(memberships.map(({ member_id }) => api.deliveryStatus(member_id)));
  const closed = memberships.filter((_, place) => statuses[place] === stopped);
  if (closed.length === 0)
    return statuses.every((status) => status === 'enabled')
      ? { result: 'already' }
      : { result: 'refused', code: 'stopped-by-system' };
  if (order.dryRun === true) return { result: 'would-apply' };
  for (const { member_id } of closed) {
    const { status } = await api.setDeliveryStatus(member_id, 'enabled');
    if ((await api.deliveryStatus(member_id)) !== 'enabled') return { result: 'refused', code: 'still-stopped', status };
  }
  return { result: 'applied' };
}
