import { type Day, daysLater } from '../record/calendar.ts';

export type LineState = 'located' | 'acting' | 'acted' | 'verified' | 'grace' | 'kept' | 'needs-attention';

/** A place where a system still holds something, and the day it purges it (null: never by itself). */
export interface Place {
  readonly where: string;
  readonly due: Day | null;
}

export type EraseAnswer = 'done' | 'accepted' | 'refused' | 'partial' | 'already-gone';
export type VerifyAnswer = 'gone' | 'present' | 'pending' | 'unknowable';

/** What is known of one record after an act, judged by reading it back. */
export interface Reading {
  readonly erased: EraseAnswer | undefined;
  readonly verified: VerifyAnswer;
  /** Every place that the act or the read-back named. */
  readonly residue: readonly Place[];
  /** Kinds of record that the frozen plan keeps in this system. */
  readonly keptKinds: readonly string[];
  /** ISO 8601 UTC. */
  readonly now: string;
  /** Deadline of the request, ISO 8601 UTC. */
  readonly dueAt: string;
}

export interface LineJudgement {
  readonly state: 'verified' | 'grace' | 'kept' | 'needs-attention';
  /** When to read again; only for `grace`. */
  readonly recheckAt: string | null;
}

const saleWords: ReadonlySet<string> = new Set([
  'sale',
  'sales',
  'order',
  'orders',
  'invoice',
  'invoices',
  'payment',
  'payments',
]);

/** Whether the plan itself keeps what lies in this place: `invoice`, `account.invoice`, `sale.sale` are a kept sale's. */
const isKept = ({ where }: Place, keptKinds: readonly string[]): boolean => {
  const words = where.toLowerCase().split(/[^a-z]+/);
  return keptKinds.some((kind) => words.includes(kind) || (kind === 'sale' && words.some((word) => saleWords.has(word))));
};

const attention: LineJudgement = { state: 'needs-attention', recheckAt: null };
const MS_PER_HOUR = 3_600_000;

const hoursAfter = (now: string, hours: number): string => new Date(Date.parse(now) + hours * MS_PER_HOUR).toISOString();

/** Waits while the deadline of the request allows; after it a person must look. */
const waitWithin = ({ now, dueAt }: Reading, hours: number): LineJudgement =>
  now < dueAt ? { state: 'grace', recheckAt: hoursAfter(now, hours) } : attention;

/** Days that a vendor may be late with its own purge. */
const SLACK_DAYS = 2;

const waitForPurge = (places: readonly Place[], { now }: Reading): LineJudgement => {
  const today = now.slice(0, 10);
  let last: Day = today;
  for (const { due } of places) {
    if (due === null || today >= daysLater(due, SLACK_DAYS)) return attention;
    if (due > last) last = due;
  }
  return { state: 'grace', recheckAt: last > today ? `${daysLater(last, 1)}T00:00:00.000Z` : hoursAfter(now, 24) };
};

/**
 * What a line has come to. Absent is absent; what the plan keeps is kept; a residue with a date waits for it and is read again;
 * all else needs a person. A vendor that answered OK and still holds the record is not believed (rule 4).
 */
export function judgeLine(reading: Reading): LineJudgement {
  const { erased, verified, residue, keptKinds, now } = reading;
  if (verified === 'unknowable' || erased === 'refused') return attention;
  const open = residue.filter((place) => !isKept(place, keptKinds));
  const settled: LineJudgement = { state: residue.length > open.length ? 'kept' : 'verified', recheckAt: null };
  if (verified === 'gone') {
    const left = open.filter(({ due }) => due === null || due >= now.slice(0, 10));
    return left.length === 0 ? settled : waitForPurge(left, reading);
  }
  if (open.length > 0) return waitForPurge(open, reading);
  if (verified === 'pending') return waitWithin(reading, 24);
  if (residue.length > 0) return settled;
  return erased === 'accepted' ? waitWithin(reading, 1) : attention;
}
