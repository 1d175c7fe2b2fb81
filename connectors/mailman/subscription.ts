import type { EraseResult, ExportedRecord, RecordRef, VerifyResult, WriteOptions } from '../kit/contract.ts';
import type { MailmanApi, MemberEntry } from './api.ts';
import { listsFor, type MailmanSettings } from './settings.ts';

const members = { where: 'members', due: null } as const;

/** The id of a consent record: one purpose of one address. */
export const consentId = (purpose: string, email: string): string => `${purpose}:${email}`;

/** The memberships that a consent record was read from. */
async function membershipsBehind(
  api: MailmanApi,
  settings: MailmanSettings,
  { externalId }: RecordRef,
): Promise<readonly MemberEntry[]> {
  const cut = externalId.indexOf(':');
  const lists = listsFor(settings, externalId.slice(0, cut));
  const all = await api.membershipsOf(externalId.slice(cut + 1));
  return all.filter(({ list_id, role }) => role === 'member' && lists.some(({ id }) => id === list_id));
}

/** Ends the memberships of one purpose; the address and its bans are the person's record and go with that. */
export async function eraseSubscription(
  api: MailmanApi,
  settings: MailmanSettings,
  ref: RecordRef,
  options: WriteOptions,
): Promise<EraseResult> {
  if (options.dryRun === true) return { result: 'would-erase', residue: [] };
  for (const { member_id } of await membershipsBehind(api, settings, ref)) await api.endMembership(member_id);
  return { result: 'done', residue: [] };
}

/** Whether a membership of this purpose is still there. */
export async function verifySubscription(api: MailmanApi, settings: MailmanSettings, ref: RecordRef): Promise<VerifyResult> {
  const { length: count } = await membershipsBehind(api, settings, ref);
  return { result: count === 0 ? 'gone' : 'present', residue: count === 0 ? [] : [members], count };
}

/** The memberships of this purpose as they are now. */
export async function exportSubscription(
  api: MailmanApi,
  settings: MailmanSettings,
  ref: RecordRef,
): Promise<ExportedRecord | null> {
  const memberships = [];
  for (const { member_id, list_id, delivery_mode } of await membershipsBehind(api, settings, ref)) {
    memberships.push({ list_id, delivery_mode, delivery_status: await api.deliveryStatus(member_id) });
  }
  return memberships.length === 0 ? null : { ref, fields: { memberships }, attachments: [] };
}
