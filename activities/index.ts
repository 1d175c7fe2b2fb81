import { consentActivities } from './consent.ts';
import { consentRoundActivities } from './consent-round.ts';
import type { Deps } from './deps.ts';
import { discoverActivities } from './discover.ts';
import { rehearseActivities } from './rehearse.ts';
import { transferActivities } from './transfer.ts';
import { privacyActivities } from './privacy.ts';
import { projectActivities } from './project.ts';
import { releaseActivities } from './release.ts';
import { resolveActivities } from './resolve.ts';
import { syncActivities } from './sync.ts';
import { watchActivities } from './watch.ts';
import { webhookActivities } from './webhooks.ts';

/** Activities that wait and look, for hours, on a queue of their own. */
export const buildWatchActivities = (deps: Deps) => watchActivities(deps);

/** Every other activity of the worker, built from its dependencies. */
export const buildActivities = (deps: Deps) => ({
  ...syncActivities(deps),
  ...resolveActivities(deps),
  ...consentActivities(deps),
  ...consentRoundActivities(deps),
  ...discoverActivities(deps),
  ...rehearseActivities(deps),
  ...transferActivities(deps),
  ...privacyActivities(deps),
  ...projectActivities(deps),
  ...releaseActivities(deps),
  ...webhookActivities(deps),
});
