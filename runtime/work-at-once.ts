/**
 * What one worker takes on at once. More than a few tens of steps in one process only wait for each other, until the tasks of their
 * workflows are late and are given out again: a hundred erasures at once then take longer than one after the other.
 */
export const workAtOnce = {
  maxConcurrentActivityTaskExecutions: 20,
  maxConcurrentLocalActivityExecutions: 20,
  maxConcurrentWorkflowTaskExecutions: 20,
} as const;

/** Who waits for a worker that died waits for seconds: its last heartbeat is fresh, and its workflows go to another at once. */
export const soonMissed = { maxHeartbeatThrottleInterval: '1 second', stickyQueueScheduleToStartTimeout: '2 seconds' } as const;
