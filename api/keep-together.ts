import type { CameWebhook } from '../store/write/webhook-events.ts';

/** Writes webhooks of one system. @returns how many events of each are new */
type Keep = (systemId: string, webhooks: readonly CameWebhook[]) => Promise<readonly number[]>;

interface Waiting {
  readonly webhook: CameWebhook;
  readonly done: (accepted: number) => void;
  readonly failed: (error: unknown) => void;
}

/** So many webhooks share one write. */
const mostTogether = 500;

/**
 * Lets webhooks that come while others are written share the next write, so that a burst costs the database a few statements. Each is
 * answered once its own write is on the disk, and no other: when a shared write fails, each is written alone.
 */
export function keepTogether(keep: Keep): (systemId: string, webhook: CameWebhook) => Promise<number> {
  const waiting = new Map<string, Waiting[]>();
  const alone = async (systemId: string, { webhook, done, failed }: Waiting): Promise<void> => {
    try {
      done((await keep(systemId, [webhook]))[0] ?? 0);
    } catch (error) {
      failed(error);
    }
  };
  const write = async (systemId: string, batch: readonly Waiting[]): Promise<void> => {
    if (batch.length === 1) return await Promise.all(batch.map((one) => alone(systemId, one))).then(() => undefined);
    try {
      const accepted = await keep(
        systemId,
        batch.map(({ webhook }) => webhook),
      );
      batch.forEach(({ done }, place) => done(accepted[place] ?? 0));
    } catch {
      for (const one of batch) await alone(systemId, one); // whose fault it is shows then, and only there
    }
  };
  const drain = async (systemId: string, line: Waiting[]): Promise<void> => {
    while (line.length > 0) await write(systemId, line.splice(0, mostTogether));
    waiting.delete(systemId);
  };
  return (systemId, webhook) =>
    new Promise((done, failed) => {
      const line = waiting.get(systemId);
      const one = { webhook, done, failed };
      if (line !== undefined) return void line.push(one);
      const first = [one];
      waiting.set(systemId, first);
      void drain(systemId, first);
    });
}
