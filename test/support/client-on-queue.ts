import { Client } from '@temporalio/client';
import { dataConverter } from '../../platform/codec.ts';
import { testKeyRing } from './keys.ts';
import { testPayloadKeys } from './payload-keys.ts';
import type { TestTemporal } from './temporal.ts';

/** A client whose workflows start on this queue, whatever queue is asked for: files that share the server do not do each other's work. */
export const clientOnQueue = ({ client }: Pick<TestTemporal, 'client'>, taskQueue: string): Client =>
  new Client({
    connection: client.connection,
    dataConverter: dataConverter(testKeyRing(), testPayloadKeys),
    interceptors: { workflow: [{ start: (input, next) => next({ ...input, options: { ...input.options, taskQueue } }) }] },
  });
