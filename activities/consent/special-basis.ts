import { asOneSubject } from '../../domain/consent/consent-state.ts';
import { allowsSpecialData, type SpecialCategory } from '../../domain/consent/special-data.ts';
import type { ConsentPolicy } from '../../schemas/types.ts';
import type { LedgerEvent } from '../../store/read/consent.ts';
import type { SpecialRow } from '../../store/write/special-data.ts';

/** Why a value may be held: the basis that the policy names for its field, else its person's explicit yes; undefined: nothing allows it. */
export const specialBasis =
  ({ specialFields = [], purposes }: ConsentPolicy, events: readonly LedgerEvent[]) =>
  ({ systemId, field, category, clientId }: SpecialRow): { readonly basis: string; readonly by: string | null } | undefined => {
    const named = specialFields.find(
      (one) => one.field === field && (one.linkedSystem === systemId || one.linkedSystem === '*') && one.basis !== undefined,
    );
    if (named?.basis !== undefined) return { basis: named.basis, by: 'policy' };
    const own = asOneSubject(
      clientId,
      events.filter((event) => event.clientId === clientId),
    );
    // the category was one of the policy when the value was kept
    return allowsSpecialData(purposes, own, category as SpecialCategory) ? { basis: 'consent', by: null } : undefined;
  };
