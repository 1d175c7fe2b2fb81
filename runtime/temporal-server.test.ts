import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { livingProcessOf } from './process-identity.ts';
import { startTemporalServer } from './temporal-server.ts';

const say = (): void => undefined;

test('a restart over the same file keeps the namespaces, the killed server before it is no hindrance', async () => {
  const folder = temporaryFolder();
  const options = { say, folder, databaseFile: join(folder, 'temporal.db'), namespace: 'ours' };
  const first = await startTemporalServer(options);
  process.kill(livingProcessOf(join(folder, 'temporal.pid')) ?? 0, 'SIGKILL');
  const second = await startTemporalServer({ ...options, namespace: 'default' });
  const connection = await Connection.connect({ address: second.address });
  const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace: 'ours' });
  expect(namespaceInfo?.name).toBe('ours');
  await connection.close();
  await second.stop();
  await first.stop();
  await expect(Connection.connect({ address: second.address, connectTimeout: 500 })).rejects.toThrow();
}, 120_000);

test('a port that is taken stops the start with the reason', async () => {
  const taken = await startTemporalServer({ say, folder: temporaryFolder() });
  const port = Number(taken.address.split(':')[1]);
  await expect(startTemporalServer({ say, folder: temporaryFolder(), port })).rejects.toThrow(
    /temporal-not-started: .*another program has that port/,
  );
  await taken.stop();
}, 120_000);
