import type { PrivacyPolicy } from '../../schemas/types.ts';
import { dayAt, daysLater } from '../record/calendar.ts';
import { type Deadline, dueDate, dueMonthsAfter } from './due-date.ts';
import { legalZone } from './public-holidays.ts';
import policyFile from './privacy-policy.json' with { type: 'json' };

/** The policy that ships with Ficha. */
export const privacyPolicy = policyFile as PrivacyPolicy; // its test checks the file against its schema

const MS_PER_DAY = 24 * 3_600_000;

/** A reminder that is due or will be. */
export interface Reminder {
  /** Names it: it is given once. */
  readonly name: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  /** The last one before the deadline goes above the desk it lies on. */
  readonly escalates: boolean;
}

/** The reminders of a request, earliest first. An extended request has them anew before its new deadline. */
export function remindersOf(dueAt: string, { remindDaysBefore }: PrivacyPolicy): Reminder[] {
  const days = [...new Set(remindDaysBefore)].sort((a, b) => b - a);
  return days.map((before, place) => ({
    name: `${dueAt.slice(0, 10)}-${before}`,
    at: new Date(Date.parse(dueAt) - before * MS_PER_DAY).toISOString(),
    escalates: place === days.length - 1,
  }));
}

/**
 * The deadline once the person has proven who they are. The clock stands only when more was asked for without delay; then it counts
 * from the proof, else from the receipt as if nothing had been asked.
 * @see EDPB Guidelines 01/2022, paragraphs 157-159
 */
export function dueAfterIdentity(
  moments: { readonly receivedAt: string; readonly askedAt: string; readonly provenAt: string },
  country: string,
  { identityAskWithinDays }: PrivacyPolicy,
): Deadline {
  const zone = legalZone(country);
  const inTime = dayAt(moments.askedAt, zone) <= daysLater(dayAt(moments.receivedAt, zone), identityAskWithinDays);
  return dueDate(inTime ? moments.provenAt : moments.receivedAt, country);
}

/** Why a deadline cannot be extended. */
export type ExtensionRefusal = 'notice-too-late' | 'extended-before' | 'notice-in-future';

/**
 * The deadline after an extension: three months from the receipt. It takes a reasoned notice to the person inside the first month.
 * @param noticeAt when the person was told, ISO 8601 UTC
 * @see Regulation (EU) 2016/679, art. 12(3), second and third sentence
 */
export function extended(
  given: { readonly receivedAt: string; readonly dueAt: string; readonly wasExtended: boolean },
  noticeAt: string,
  now: string,
  country: string,
): Deadline | ExtensionRefusal {
  if (given.wasExtended) return 'extended-before';
  if (noticeAt > now) return 'notice-in-future';
  if (noticeAt > given.dueAt) return 'notice-too-late';
  return dueMonthsAfter(given.receivedAt, country, 3);
}
