import { executeChild, proxyActivities } from '@temporalio/workflow';
import type { MonthRelease, ReleaseActivities } from '../activities/release.ts';
import { projectAnalytics } from './project-analytics.ts';

const { unpublishedMonths } = proxyActivities<ReleaseActivities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumInterval: '10 seconds', maximumAttempts: 5 },
});

/** What `releaseMetrics` would publish now, month by month; publishes nothing. What waits is brought to ClickHouse first, as there. */
export async function previewRelease(): Promise<readonly MonthRelease[]> {
  await executeChild(projectAnalytics);
  return (await unpublishedMonths()).months;
}
