import { executeChild } from '@temporalio/workflow';
import { projectAnalytics } from './project-analytics.ts';
import { propagateConsent } from './propagate-consent.ts';
import { resolveRecords } from './resolve-records.ts';
import { settleTombstoneHits } from './settle-tombstone-hits.ts';

/**
 * What follows records that were stored: clients are resolved, then opt-outs passed on, sales brought to the metrics, and what came back
 * of erased people erased again.
 * @param parent workflow id under which the four run
 * @param resolved told once the clients are resolved
 */
export async function afterPull(parent: string, resolved: () => void = () => undefined): Promise<void> {
  const child = (name: string) => ({ workflowId: `${parent}/${name}` });
  await executeChild(resolveRecords, child('resolve'));
  resolved();
  await Promise.all([
    executeChild(propagateConsent, child('consent')),
    executeChild(projectAnalytics, child('project')),
    executeChild(settleTombstoneHits, child('tombstones')),
  ]);
}
