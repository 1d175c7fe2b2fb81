/** Attempts of an activity that `pull-workflow.ts` allows: fewer than the deaths that its pull must outlive. */
export const pullAttempts = 3;
