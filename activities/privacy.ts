import type { Deps } from './deps.ts';
import { actActivities } from './privacy/act.ts';
import { decideActivities } from './privacy/decide.ts';
import { eraseHereActivities } from './privacy/erase-here.ts';
import { exportActivities } from './privacy/export.ts';
import { locateActivities } from './privacy/locate.ts';
import { planActivities } from './privacy/plan.ts';
import { reEraseActivities } from './privacy/re-erase.ts';
import { settleActivities } from './privacy/settle.ts';

/** Activities of `runPrivacyRequest`, `fulfilInSystem` and `settleTombstoneHits`: one file per step of a request's life. */
export const privacyActivities = (deps: Deps) => ({
  ...locateActivities(deps),
  ...planActivities(deps),
  ...decideActivities(deps),
  ...actActivities(deps),
  ...exportActivities(deps),
  ...eraseHereActivities(deps),
  ...settleActivities(deps),
  ...reEraseActivities(deps),
});

export type PrivacyActivities = ReturnType<typeof privacyActivities>;
