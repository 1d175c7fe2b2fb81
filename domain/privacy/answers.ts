/** What a person can answer to something that waits in a privacy request. */
export type TaskAnswer = 'same-person' | 'other-person' | 'done' | 'look-again' | 'seen' | 'redact' | 'leave';

const allowed: Readonly<Record<string, readonly TaskAnswer[]>> = {
  namesake: ['same-person', 'other-person'],
  'manual-task': ['done'],
  mention: ['redact', 'leave'],
  'redact-by-hand': ['done'],
  'beyond-reach': ['done'],
  'blocked-held': ['done'],
  'recipient-untold': ['done'],
  'deadline-escalated': ['seen'],
  'objection-open': ['look-again'],
  reappeared: ['seen'],
  'needs-attention': ['look-again'],
  'cannot-locate': ['look-again'],
  'deadline-near': ['seen'],
  'returned-record': ['seen'],
};

/** Everything that can wait for a person. */
export const taskReasons: readonly string[] = Object.keys(allowed);

/**
 * The answers that a task of this reason takes. Of a question about a namesake: whose the record is; of a place in a text: whether it
 * goes; of a manual task: that it was done; of what stopped a request: that it was repaired; of a warning: that it was seen.
 */
export const answersTo = (reason: string): readonly TaskAnswer[] => allowed[reason] ?? [];
