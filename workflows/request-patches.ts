import { patched } from '@temporalio/workflow';

/**
 * Notes every patch that the workflow of a request asks about, before anything else. A patch first asked about after a local step may be
 * noted one task later than a replay asks about it, when that step and its task end in the same moment; then the request could not go on.
 * Requests that began before this was patched in ask as they went.
 */
export function notePatches(): void {
  if (!patched('patches-at-once')) return;
  for (const one of ['store-within-the-task', 'answers-before-approval', 'nothing-to-redact']) patched(one);
}
