/** What was started, to be stopped again in the opposite order. */
export interface Stops {
  add(stop: () => Promise<unknown>): void;
  /** Stops everything; one that fails does not keep the rest running, its error comes at the end. Stopping twice stops once. */
  stop(): Promise<void>;
}

export function collectStops(): Stops {
  const started: (() => Promise<unknown>)[] = [];
  return {
    add: (stop) => void started.push(stop),
    stop: async () => {
      const problems: unknown[] = [];
      for (const stop of started.splice(0).reverse()) {
        await stop().catch((error: unknown) => problems.push(error));
      }
      if (problems.length > 0) throw problems[0];
    },
  };
}
