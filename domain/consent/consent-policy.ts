import type { ConsentPolicy, ConsentPurpose } from '../../schemas/types.ts';
import { FichaError } from '../record/error.ts';
import policyFile from './consent-policy.json' with { type: 'json' };

/** The policy that ships with Ficha. */
export const consentPolicy = policyFile as ConsentPolicy; // its test checks the file against its schema

/** What a person is about to say, as far as the policy has a word in it. */
export interface SaidUnderPolicy {
  /** `*` is every purpose. */
  readonly purpose: string;
  readonly channel: string;
  readonly answer: 'granted' | 'denied';
  readonly textVersion?: string;
  readonly givenBy?: 'person' | 'holder-of-parental-responsibility';
}

/** A purpose as it is configured; undefined for one that a linked system brought and nobody configured. */
export const purposeOf = ({ purposes }: ConsentPolicy, purpose: string): ConsentPurpose | undefined =>
  Object.hasOwn(purposes, purpose) ? purposes[purpose] : undefined;

/**
 * Whether what was said can be noted. A no always can.
 * @throws FichaError `unknown-purpose`, `not-optional`, `channel-not-used`, `unknown-text-version`, each with the way out
 */
export function assertSayable(policy: ConsentPolicy, { purpose, channel, answer, textVersion }: SaidUnderPolicy): void {
  if (answer === 'denied') return;
  const configured = purposeOf(policy, purpose);
  if (configured === undefined) {
    const known = Object.keys(policy.purposes).join(', ');
    throw new FichaError('unknown-purpose', `no purpose of this name is configured; there are: ${known}`);
  }
  if (!configured.optional) {
    throw new FichaError(
      'not-optional',
      `${purpose} rests on ${configured.legalBasis}, not on consent: nobody is asked for a yes`,
    );
  }
  const isSpecial = (configured.specialCategories ?? []).length > 0;
  if (!(isSpecial && channel === 'any') && !configured.channels.some((one) => one === channel)) {
    throw new FichaError('channel-not-used', `${purpose} uses ${configured.channels.join(', ')}; a yes names one of them`);
  }
  const { texts = [] } = configured;
  if (texts.length > 0 && !texts.some(({ version }) => version === textVersion)) {
    const versions = texts.map(({ version }) => version).join(', ');
    throw new FichaError('unknown-text-version', `${purpose} has the text versions ${versions}; name the one that was shown`);
  }
}

/** Whether a yes that was noted or typed in waits for the person's confirmation. */
export const needsConfirmation = (policy: ConsentPolicy, { purpose, channel, answer }: SaidUnderPolicy): boolean =>
  answer === 'granted' && channel === 'email' && purposeOf(policy, purpose)?.doubleOptIn === true;

/** Whether a purpose needs the person's yes: configured so, or not configured at all. */
export const needsConsent = (policy: ConsentPolicy, purpose: string): boolean => purposeOf(policy, purpose)?.optional ?? true;
