import { executeChild, workflowInfo } from '@temporalio/workflow';
import { afterPull } from './after-pull.ts';
import { propagateConsent } from './propagate-consent.ts';

/** Works in what a look at a linked system found; what known clients said is passed on at once, whatever else is being resolved. */
export async function workInChanges(): Promise<void> {
  const { workflowId } = workflowInfo();
  await Promise.all([executeChild(propagateConsent, { workflowId: `${workflowId}/said` }), afterPull(workflowId)]);
}
