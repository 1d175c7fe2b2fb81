import type { Deps } from './deps.ts';
import { projectActivities } from './project.ts';

/** Every activity of the worker, built from its dependencies. */
export const buildActivities = (deps: Deps) => ({
  ...projectActivities(deps),
});
