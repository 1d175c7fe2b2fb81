import type { Deps } from './deps.ts';
import { privacyActivities } from './privacy.ts';
import { projectActivities } from './project.ts';

/** Every activity of the worker, built from its dependencies. */
export const buildActivities = (deps: Deps) => ({
  ...privacyActivities(deps),
  ...projectActivities(deps),
});
