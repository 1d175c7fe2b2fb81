import { readFileSync } from 'node:fs';
import { Client, Connection, type WorkflowClientInterceptor } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { NativeConnection } from '@temporalio/worker';
import type { TemporalSettings } from '../platform/settings.ts';

const contents = (file: string | undefined): Buffer | undefined => (file === undefined ? undefined : readFileSync(file));

/** Address, TLS and API key as both kinds of connection want them. */
export function connectionOptions({ apiKey, tls }: TemporalSettings, address: string) {
  const ca = contents(tls?.caFile);
  const crt = contents(tls?.certFile);
  const key = contents(tls?.keyFile);
  const clientCertPair = crt && key ? { crt, key } : undefined;
  const transport = tls && {
    ...(ca ? { serverRootCACertificate: ca } : {}),
    ...(clientCertPair ? { clientCertPair } : {}),
    ...(tls.serverName ? { serverNameOverride: tls.serverName } : {}),
  };
  return { address, ...(transport ? { tls: transport } : {}), ...(apiKey ? { apiKey } : {}) };
}

/** A client that starts and signals workflows; payloads are encrypted before they leave. */
export async function connectClient(
  settings: TemporalSettings,
  address: string,
  dataConverter: DataConverter,
  interceptors: readonly WorkflowClientInterceptor[] = [],
): Promise<Client> {
  const connection = await Connection.connect(connectionOptions(settings, address));
  return new Client({
    connection,
    namespace: settings.namespace,
    dataConverter,
    interceptors: { workflow: [...interceptors] },
  });
}

/** The worker's connection. */
export async function connectWorker(settings: TemporalSettings, address: string): Promise<NativeConnection> {
  return await NativeConnection.connect(connectionOptions(settings, address));
}
