import { executeChild, proxyActivities } from '@temporalio/workflow';
import type { ProjectActivities } from '../activities/project.ts';
import { projectAnalytics } from './project-analytics.ts';

const { startEpoch, finishEpoch } = proxyActivities<ProjectActivities>({
  startToCloseTimeout: '30 minutes',
  retry: { maximumInterval: '1 minute' },
});

/** Builds ClickHouse again from PostgreSQL, under new pseudonyms. Released months stay as they are; none is released meanwhile. */
export async function rebuildAnalytics(): Promise<{ readonly epoch: number; readonly projected: number }> {
  const { epoch } = await startEpoch();
  const { projected } = await executeChild(projectAnalytics);
  await finishEpoch({ epoch });
  return { epoch, projected };
}
