import { proxyActivities } from '@temporalio/workflow';
import type { TransferActivities } from '../activities/transfer.ts';
import type { RequestRef, SystemRef } from './messages.ts';

/** Once: what may have left must not leave again unasked. */
const { handPackageOver } = proxyActivities<TransferActivities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '20 seconds',
  retry: { maximumAttempts: 1 },
});

/** Hands one package to another controller by the connector of a linked system, as a person wants it (GDPR art. 20(2)). */
export async function transferPackage(
  order: RequestRef & SystemRef & { readonly actor: string },
): Promise<Awaited<ReturnType<TransferActivities['handPackageOver']>>> {
  return await handPackageOver(order);
}
