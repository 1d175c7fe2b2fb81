import type { ConsentPolicy } from '../../schemas/types.ts';
import { type ConsentEvent, consentState } from './consent-state.ts';

/** DPV purposes that make a profile of a person to treat them by. @see https://w3id.org/dpv/purposes */
const profilingTerms: readonly string[] = [
  'dpv:Personalisation',
  'dpv:ServicePersonalisation',
  'dpv:PersonalisedAdvertising',
  'dpv:PersonalisedBenefits',
  'dpv:TargetedAdvertising',
  'dpv:UserInterfacePersonalisation',
];

/**
 * Whether a person objects to being profiled: their word on one of the policy's purposes of that kind, on any channel, is no. Then no metric
 * counts them and nothing scores them. An objection to advertising alone (`*`) leaves them in the anonymous counts.
 * @param events n >= 0, of one person, in any order
 * @see Regulation (EU) 2016/679, art. 4(4) and 21
 */
export function objectsToProfiling({ purposes }: Pick<ConsentPolicy, 'purposes'>, events: readonly ConsentEvent[]): boolean {
  return Object.entries(purposes).some(([name, { dpv }]) => {
    if (!profilingTerms.includes(dpv)) return false;
    const own = events.filter(({ purpose }) => purpose === name);
    return [...new Set(own.map(({ channel }) => channel))].some((channel) => consentState(own, name, channel) === 'denied');
  });
}
