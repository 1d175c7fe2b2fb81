import { type Connector, type LinkedSystem } from '../../connectors/kit/contract.ts';
import { loadConnectors } from '../../connectors/kit/registry.ts';

/** A server that a linked system signs in to with a user and a password. */
export interface ServerAccess {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

let loading: Promise<ReadonlyMap<string, Connector>> | undefined;

/** Opens a connector on a server as the worker does: through its manifest, with its secret named `password`. */
export async function openOnServer(
  connector: string,
  { url, user, password }: ServerAccess,
  config: Readonly<Record<string, unknown>> = {},
): Promise<LinkedSystem> {
  loading ??= loadConnectors();
  const found = (await loading).get(connector);
  if (found === undefined) throw new Error(`there is no connector ${connector}`);
  return found.open({
    systemId: `test-${connector}`,
    config: { url, user, ...config },
    secret: () => password,
    signal: new AbortController().signal,
    now: () => new Date(),
  });
}
