import { join } from 'node:path';
import { connectorOf } from '../../connectors/kit/connector.ts';
import type { LinkedSystem } from '../../connectors/kit/contract.ts';
import type { Hooks } from '../../connectors/kit/hooks.ts';
import { readManifest } from '../../connectors/kit/manifest.ts';

/** A server that a linked system signs in to with a user and a password. */
export interface ServerAccess {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

const folder = join(import.meta.dirname, '../../connectors');

/** Opens a connector on a server as the worker does: through its manifest, with its secret named `password`. */
export async function openOnServer(
  connector: string,
  { url, user, password }: ServerAccess,
  config: Readonly<Record<string, unknown>> = {},
): Promise<LinkedSystem> {
  const file = `${connector}/manifest.yaml`;
  const { hooks } = (await import(join(folder, connector, 'hooks.ts'))) as { readonly hooks: Hooks }; // what the registry checks
  return connectorOf(readManifest(join(folder, file), `connectors/${file}`), hooks).open({
    systemId: `test-${connector}`,
    config: { url, user, ...config },
    secret: () => password,
    signal: new AbortController().signal,
    now: () => new Date(),
  });
}
