import type { ConsentPolicy } from '../../schemas/types.ts';
import { type ConsentEvent, decidingEvent } from './consent-state.ts';

type Purposes = ConsentPolicy['purposes'];
/** A special category of data, in the sense of GDPR art. 9, or one that the policy treats like it. */
export type SpecialCategory = NonNullable<NonNullable<ConsentPolicy['specialFields']>[number]>['category'];

/** An event of a ledger with the basis that was noted with it. */
export interface BasedEvent extends ConsentEvent {
  readonly legalBasis: string;
}

/** What an explicit yes is noted as: a yes that a system only shows as a flag is none. */
const explicitBasis = 'explicit consent';

const isExplicitYes = ({ answer, atKnown, legalBasis }: BasedEvent): boolean =>
  answer === 'granted' && atKnown && legalBasis === explicitBasis;

/**
 * Whether a person's own word allows to hold data of a special category: their explicit yes to a purpose of that category, with nothing
 * newer or more protective against it. The channel does not matter; a denial on any of them counts, and so does one of every purpose.
 * @param events n >= 0, of one person, in any order
 * @see Regulation (EU) 2016/679, art. 9(2)(a)
 */
export function allowsSpecialData(purposes: Purposes, events: readonly BasedEvent[], category: SpecialCategory): boolean {
  return Object.entries(purposes).some(([name, { specialCategories = [] }]) => {
    if (!specialCategories.includes(category)) return false;
    const about = events.filter(
      (event) =>
        (event.purpose === name && (event.answer !== 'granted' || isExplicitYes(event))) ||
        (event.purpose === '*' && event.answer === 'denied'),
    );
    return decidingEvent(about)?.answer === 'granted';
  });
}
