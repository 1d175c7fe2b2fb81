/**
 * What one worker takes on at once. More than a few tens of steps in one process only wait for each other, until the tasks of their
 * workflows are late and are given out again: a hundred erasures at once then take longer than one after the other.
 */
export const workAtOnce = {
  maxConcurrentActivityTaskExecutions: 20,
  maxConcurrentLocalActivityExecutions: 20,
  maxConcurrentWorkflowTaskExecutions: 20,
} as const;
