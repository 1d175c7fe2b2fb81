import { privacyPolicy } from '../../domain/privacy/privacy-policy.ts';
import { retentionPolicy } from '../../domain/privacy/retention-policy.ts';
import type { PrivacyPolicy, RetentionPolicy } from '../../schemas/types.ts';
import type { Deps } from '../deps.ts';

/** What is kept, blocked or deleted: the controller's own file, else the one that ships with Ficha. */
export const retentionPolicyOf = ({ privacyPolicies }: Pick<Deps, 'privacyPolicies'>): RetentionPolicy =>
  privacyPolicies?.retention ?? retentionPolicy;

/** How requests are run: the controller's own file, else the one that ships with Ficha. */
export const privacyPolicyOf = ({ privacyPolicies }: Pick<Deps, 'privacyPolicies'>): PrivacyPolicy =>
  privacyPolicies?.privacy ?? privacyPolicy;
