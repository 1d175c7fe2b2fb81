import { sleep } from '@temporalio/workflow';

/** Waits and says how long that took by the server's clock. */
export async function waitFor(milliseconds: number): Promise<number> {
  const start = Date.now();
  await sleep(milliseconds);
  return Date.now() - start;
}
