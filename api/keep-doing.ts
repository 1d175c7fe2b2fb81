import type { Log } from '../platform/log.ts';

/** Work that is done now and every so often, one run at a time. A run that fails is logged with `failed`, and the next one comes. */
export function keepDoing(everyMs: number, work: () => Promise<unknown>, log: Log, failed: string): { stop(): void } {
  let busy = false;
  const look = (): void => {
    if (busy) return;
    busy = true;
    work()
      .catch((error: unknown) => log.warn({ err: error }, failed))
      .finally(() => {
        busy = false;
      });
  };
  look();
  const timer = setInterval(look, everyMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
