import { Client, Connection } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { NativeConnection } from '@temporalio/worker';
import { inject } from 'vitest';
import { dataConverter } from '../../platform/codec.ts';
import { testKeyRing } from './keys.ts';
import { testPayloadKeys } from './payload-keys.ts';
import { askShared } from './shared.ts';

/** A real Temporal server, shared by the test run, spoken to through the encrypting codec. */
export interface TestTemporal {
  readonly address: string;
  readonly client: Client;
  readonly connection: NativeConnection;
  /** Closes the connections; the server goes with the run. */
  stop(): Promise<void>;
}

/** Connects to the Temporal server of this test run, starting it when nobody did yet. */
export async function testTemporal(): Promise<TestTemporal> {
  const { address = '' } = await askShared(inject('sharedServers'), 'temporal');
  const clientConnection = await Connection.connect({ address });
  const connection = await NativeConnection.connect({ address });
  return {
    address,
    client: new Client({ connection: clientConnection, dataConverter: dataConverter(testKeyRing(), testPayloadKeys) }),
    connection,
    stop: async () => {
      await clientConnection.close();
      await connection.close();
    },
  };
}

/** The time of a server that skips: a step within the task of a workflow is told the time of this machine. */
export interface ServerClock {
  /** Reads it; `now` says what was read last. */
  readonly read: () => Promise<void>;
  readonly now: () => Date;
}

export function serverClock(environment: TestWorkflowEnvironment): ServerClock {
  let last = 0;
  return {
    read: async () => {
      last = await environment.currentTimeMs();
    },
    now: () => new Date(last),
  };
}

/** The SDK gives the server five seconds, which Java does not always need less of on a machine that is busy. */
const MOST_STARTS = 5;

/**
 * A Temporal server of its own whose clock jumps ahead while nothing happens: a month passes in under a second. Its client speaks
 * through the encrypting codec, as a worker on its `nativeConnection` must. The caller tears it down.
 */
export async function timeSkippingEnvironment(): Promise<TestWorkflowEnvironment> {
  const { path = '' } = await askShared(inject('sharedServers'), 'time-skipping');
  const start = (): Promise<TestWorkflowEnvironment> =>
    TestWorkflowEnvironment.createTimeSkipping({
      client: { dataConverter: dataConverter(testKeyRing(), testPayloadKeys) },
      ...(path === '' ? {} : { server: { executable: { type: 'existing-path', path } } }),
    });
  for (let tries = 1; tries < MOST_STARTS; tries += 1) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof Error && error.message.includes('did not start within'))) throw error;
    }
  }
  return await start();
}
