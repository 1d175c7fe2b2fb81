import type { Deps } from './deps.ts';
import { actActivities } from './privacy/act.ts';
import { blockActivities } from './privacy/block.ts';
import { decideActivities } from './privacy/decide.ts';
import { eraseLinesActivities } from './privacy/erase-lines.ts';
import { eraseHereActivities } from './privacy/erase-here.ts';
import { exportActivities } from './privacy/export.ts';
import { findMentionActivities } from './privacy/find-mentions.ts';
import { lifeActivities } from './privacy/life.ts';
import { locateActivities } from './privacy/locate.ts';
import { objectActivities } from './privacy/object.ts';
import { planActivities } from './privacy/plan.ts';
import { reEraseActivities } from './privacy/re-erase.ts';
import { readAgainActivities } from './privacy/read-again.ts';
import { rectifyActivities } from './privacy/rectify.ts';
import { redactActivities } from './privacy/redact.ts';
import { searchFileActivities } from './privacy/search-files.ts';
import { settleActivities } from './privacy/settle.ts';
import { upkeepActivities } from './privacy/upkeep.ts';

/** Activities of `runPrivacyRequest`, `fulfilInSystem` and `settleTombstoneHits`: one file per step of a request's life. */
export const privacyActivities = (deps: Deps) => ({
  ...lifeActivities(deps),
  ...objectActivities(deps),
  ...locateActivities(deps),
  ...findMentionActivities(deps),
  ...searchFileActivities(deps),
  ...rectifyActivities(deps),
  ...redactActivities(deps),
  ...readAgainActivities(deps),
  ...planActivities(deps),
  ...decideActivities(deps),
  ...actActivities(deps),
  ...blockActivities(deps),
  ...eraseLinesActivities(deps),
  ...exportActivities(deps),
  ...eraseHereActivities(deps),
  ...settleActivities(deps),
  ...reEraseActivities(deps),
  ...upkeepActivities(deps),
});

export type PrivacyActivities = ReturnType<typeof privacyActivities>;
