import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FichaError } from '../domain/record/error.ts';
import { problemsInWords, validatorFor } from '../platform/validate.ts';
import type { ConsentPolicy, IntakeSettings, PrivacyPolicy, RetentionPolicy } from '../schemas/types.ts';

/** The controller's own rules, where there are any. */
export interface OwnPolicies {
  readonly retention?: RetentionPolicy;
  readonly privacy?: PrivacyPolicy;
  readonly consent?: ConsentPolicy;
  readonly intake?: IntakeSettings;
}

const own = (home: string, name: string, schemaId: string): unknown => {
  const path = join(home, 'policies', `${name}.json`);
  if (!existsSync(path)) return undefined;
  let policy: unknown;
  try {
    policy = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new FichaError('policy-invalid', `${path} is not JSON`, { cause });
  }
  const problems = validatorFor(schemaId)(policy);
  if (problems.length > 0) throw new FichaError('policy-invalid', `${path}: ${problemsInWords(problems)}`);
  return policy;
};

/**
 * Reads `retention.json`, `privacy.json`, `consent.json` and `intake.json` in `<home>/policies`; what is not there is as it ships, and no
 * way in is open.
 * @throws FichaError `policy-invalid` naming the file, the field and the rule: Ficha does not start with half a policy
 */
export function ownPolicies(home: string): OwnPolicies {
  const retention = own(home, 'retention', 'settings/retention-policy') as RetentionPolicy | undefined; // checked by its schema
  const privacy = own(home, 'privacy', 'policy/privacy-policy') as PrivacyPolicy | undefined; // the same
  const consent = own(home, 'consent', 'policy/consent-policy') as ConsentPolicy | undefined; // the same
  const intake = own(home, 'intake', 'settings/intake') as IntakeSettings | undefined; // the same
  return {
    ...(retention === undefined ? {} : { retention }),
    ...(privacy === undefined ? {} : { privacy }),
    ...(consent === undefined ? {} : { consent }),
    ...(intake === undefined ? {} : { intake }),
  };
}
