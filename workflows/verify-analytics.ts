import { executeChild, proxyActivities } from '@temporalio/workflow';
import type { ProjectActivities, Verification } from '../activities/project.ts';
import { projectAnalytics } from './project-analytics.ts';

const { compareTotals } = proxyActivities<ProjectActivities>({
  startToCloseTimeout: '10 minutes',
  retry: { maximumAttempts: 3 },
});

/** Brings what is queued to ClickHouse, then compares it with PostgreSQL. */
export async function verifyAnalytics(): Promise<Verification> {
  await executeChild(projectAnalytics);
  return await compareTotals();
}
