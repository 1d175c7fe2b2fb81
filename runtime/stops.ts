/** What was started, to be stopped again in the opposite order. */
export interface Stops {
  /** What is added after the end, because it began late, is stopped at once. */
  add(stop: () => Promise<unknown>): void;
  /** Stops everything; one that fails does not keep the rest running, its error comes at the end. Stopping twice stops once. */
  stop(): Promise<void>;
}

export function collectStops(): Stops {
  const started: (() => Promise<unknown>)[] = [];
  let over = false;
  return {
    add: (stop) => {
      if (over)
        stop().catch(() => undefined); // nobody is left to be told
      else started.push(stop);
    },
    stop: async () => {
      over = true;
      const problems: unknown[] = [];
      for (const stop of started.splice(0).reverse()) {
        await stop().catch((error: unknown) => problems.push(error));
      }
      if (problems.length > 0) throw problems[0];
    },
  };
}
