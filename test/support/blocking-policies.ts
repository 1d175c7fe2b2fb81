import type { Deps } from '../../activities/deps.ts';
import { retentionPolicy } from '../../domain/privacy/retention-policy.ts';

const block = (kind: 'person' | 'interaction') =>
  ({ kind, action: 'block-until', years: 3, legalBasis: 'LOPDGDD, art. 32' }) as const;

/** People and what was talked about with them are blocked for three years before they are destroyed, as Spain asks. */
export const blockingPolicies: NonNullable<Deps['privacyPolicies']> = {
  retention: {
    ...retentionPolicy,
    countries: { ES: [block('person'), block('interaction'), ...(retentionPolicy.countries['ES'] ?? [])] },
  },
};
