import { Context } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';

const everyMs = 1_000;

/** Tells Temporal that the activity lives while one slow call is under way, so that a dead worker is noticed within seconds. */
export async function beating<Result>(work: () => Promise<Result>): Promise<Result> {
  const context = Context.current();
  if (context.info.isLocal) return await work(); // dies with the task of its workflow, which the server watches
  context.heartbeat();
  const timer = setInterval(() => context.heartbeat(), everyMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Every step whose workflow wants to hear that it lives tells so, whatever it does. */
export const beats: ActivityInboundCallsInterceptor = {
  execute: (input, next) => (Context.current().info.heartbeatTimeoutMs === undefined ? next(input) : beating(() => next(input))),
};
