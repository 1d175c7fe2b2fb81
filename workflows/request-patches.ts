import { patched } from '@temporalio/workflow';

/**
 * Notes every patch that the workflow of a request asks about, before anything else. A patch first asked about after a local step may be
 * noted one task later than a replay asks about it, when that step and its task end in the same moment; then the request could not go on.
 * Requests that began before this was patched in ask as they went.
 * @returns whether this request goes without the steps that told it what it knew already; those that began with them keep them to their end
 */
export function notePatches(): boolean {
  if (!patched('patches-at-once')) return false;
  for (const one of ['store-within-the-task', 'answers-before-approval', 'nothing-to-redact']) patched(one);
  return patched('no-step-for-what-is-known');
}
