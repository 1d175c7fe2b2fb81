import { executeChild, proxyActivities } from '@temporalio/workflow';
import type { ProjectActivities } from '../activities/project.ts';
import type { MonthRelease, ReleaseActivities } from '../activities/release.ts';
import { projectAnalytics } from './project-analytics.ts';
import { rebuildAnalytics } from './rebuild-analytics.ts';

const { closedMonths, releaseMonth } = proxyActivities<ReleaseActivities>({
  startToCloseTimeout: '10 minutes',
  // what a killed batch left open settles with the next; what does not settle is told
  retry: { maximumInterval: '10 seconds', maximumAttempts: 5 },
});
const { epochIsOld } = proxyActivities<ProjectActivities>({ startToCloseTimeout: '1 minute' });

/** Publishes every closed month that is not published yet, oldest first; after a year the pseudonyms are replaced. */
export async function releaseMetrics(): Promise<readonly MonthRelease[]> {
  await executeChild(projectAnalytics);
  const { months } = await closedMonths();
  const releases: MonthRelease[] = [];
  for (const month of months) releases.push(await releaseMonth({ month }));
  if (await epochIsOld()) await executeChild(rebuildAnalytics);
  return releases.filter(({ published, refused }) => published + refused.length > 0);
}
