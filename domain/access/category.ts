import type { Role } from './role.ts';

/**
 * Categories of personal data. A role reads a category because its work needs it (data minimisation, GDPR art. 5(1)(c));
 * `special` holds free text, which may say anything about health, belief or union (art. 9), and is read with a grant only.
 */
export const categories = [
  'identity',
  'contact',
  'tax-id',
  'birth',
  'commercial',
  'conversation',
  'document',
  'consent',
  'origin',
  'privacy',
  'special',
] as const;

export type Category = (typeof categories)[number];

/** What a token may carry beside roles: one name per category that is never part of a role. */
export const grants = ['grant:special'] as const;

export type Grant = (typeof grants)[number];

/** Who reads: the roles of the token and its explicit grants. */
export interface Reader {
  readonly roles: readonly Role[];
  readonly grants?: readonly Grant[];
}

const ofRole: Readonly<Record<Role, readonly Category[]>> = {
  'data-team': ['identity', 'contact', 'tax-id', 'birth', 'consent', 'origin', 'privacy'],
  dpo: ['identity', 'contact', 'tax-id', 'birth', 'commercial', 'conversation', 'document', 'consent', 'origin', 'privacy'],
  'front-office': ['identity', 'contact', 'commercial', 'conversation', 'document', 'consent', 'origin', 'privacy'],
  analyst: [],
};

/** Whether the reader may see this category. A grant opens its category only to who reads clients at all. */
export function mayReadCategory({ roles, grants: held = [] }: Reader, category: Category): boolean {
  if (category === 'special') return held.includes('grant:special') && roles.some((role) => ofRole[role]?.length > 0);
  return roles.some((role) => ofRole[role]?.includes(category) ?? false);
}

/** Narrows any text to a grant; a name that Ficha does not know grants nothing. */
export function isGrant(name: string): name is Grant {
  return grants.some((grant) => grant === name);
}
