/** Who asks. A person may hold several roles; each only ever adds. */
export const roles = ['data-team', 'dpo', 'front-office', 'analyst'] as const;

export type Role = (typeof roles)[number];

/** What can be looked at. */
export type Reading = 'clients' | 'privacy-requests' | 'linked-systems' | 'metrics' | 'reviews';

/** What can be ordered through the command API. */
export type Ordering =
  | 'ask-contactable'
  | 'record-consent'
  | 'note-contacts'
  | 'list-exclusions'
  | 'delist-exclusions'
  | 'export-audience'
  | 'settle-retention'
  | 'settle-special-data'
  | 'settle-consent-task'
  | 'read-processing'
  | 'read-receipts'
  | 'write-to-client'
  | 'make-preference-link'
  | 'link-system'
  | 'run-sync'
  | 'run-analytics'
  | 'open-request'
  | 'decide-request'
  | 'read-package'
  | 'read-audit'
  | 'settle-privacy-task'
  | 'settle-review'
  | 'keep-document';

const readings: Readonly<Record<Role, readonly Reading[]>> = {
  'data-team': ['clients', 'linked-systems', 'reviews', 'metrics'],
  dpo: ['clients', 'privacy-requests', 'linked-systems', 'reviews', 'metrics'],
  'front-office': ['clients', 'metrics'],
  analyst: ['metrics'],
};

const orderings: Readonly<Record<Role, readonly Ordering[]>> = {
  'data-team': [
    'ask-contactable',
    'note-contacts',
    'list-exclusions',
    'export-audience',
    'make-preference-link',
    'link-system',
    'run-sync',
    'run-analytics',
    'settle-review',
  ],
  dpo: [
    'ask-contactable',
    'record-consent',
    'note-contacts',
    'list-exclusions',
    'delist-exclusions',
    'export-audience',
    'settle-retention',
    'settle-special-data',
    'settle-consent-task',
    'read-processing',
    'read-receipts',
    'write-to-client',
    'make-preference-link',
    'open-request',
    'decide-request',
    'read-package',
    'read-audit',
    'settle-privacy-task',
    'run-sync',
    'run-analytics',
    'settle-review',
    'keep-document',
  ],
  'front-office': [
    'ask-contactable',
    'record-consent',
    'read-receipts',
    'note-contacts',
    'write-to-client',
    'make-preference-link',
    'keep-document',
  ],
  analyst: [],
};

/** Whether one of the roles may look at it. An unknown role may nothing. */
export function mayRead(held: readonly Role[], reading: Reading): boolean {
  return held.some((role) => readings[role]?.includes(reading) ?? false);
}

/** Whether one of the roles may order it. */
export function mayOrder(held: readonly Role[], ordering: Ordering): boolean {
  return held.some((role) => orderings[role]?.includes(ordering) ?? false);
}

/** Narrows any text to a role; a name that Ficha does not know is no role. */
export function isRole(name: string): name is Role {
  return roles.some((role) => role === name);
}
