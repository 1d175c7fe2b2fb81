import { proxyActivities } from '@temporalio/workflow';
import type { MonthRelease, ReleaseActivities } from '../activities/release.ts';

const { unpublishedMonths } = proxyActivities<ReleaseActivities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumInterval: '10 seconds', maximumAttempts: 5 },
});

/** What `releaseMetrics` would publish now, month by month; publishes nothing. */
export const previewRelease = async (): Promise<readonly MonthRelease[]> => (await unpublishedMonths()).months;
