import type { ConnectorManifest } from '../../schemas/types.ts';
import type { HookContext, Hooks } from './hooks.ts';
import { type Drafted, draftsOf } from './record-drafts.ts';

/** One record as its stream listed it, drafted: by the connector's own code where it has some, else by the manifest. */
export function draftsOfListed(
  manifest: ConnectorManifest,
  hooks: Hooks,
  context: HookContext,
  stream: string,
  raw: unknown,
): Drafted {
  const own = hooks.mapRecord?.(stream, raw, context);
  if (own === undefined) return draftsOf(manifest, stream, raw, context.now());
  return {
    records: own.flatMap((one) => ('kind' in one ? [one] : [])),
    rejected: own.flatMap((one) => ('kind' in one ? [] : [one])),
    deleted: [],
  };
}

/** Whether a record of this stream came by an event that names only some of its fields. */
const comesInPart = ({ entities, webhook }: ConnectorManifest, stream: string): boolean =>
  entities[stream]?.list === undefined &&
  (webhook?.events ?? []).some(({ kind, entity, partial }) => kind === 'record' && entity === stream && partial === true);

/** A record that was kept aside, read anew. */
export interface Redrafted extends Drafted {
  /** Only some of its fields were said; the others stay as they are. */
  readonly partial: boolean;
}

/**
 * Reads a record that was kept aside anew, by the manifest as it is now. Calls nobody.
 * @param raw as it is kept
 * @returns undefined when code of the connector lists the stream, so that a record means nothing without its listing
 */
export function redraft(
  manifest: ConnectorManifest,
  hooks: Hooks,
  context: HookContext,
  stream: string,
  raw: unknown,
): Redrafted | undefined {
  const entity = manifest.entities[stream];
  if (entity === undefined) return undefined;
  const byCode = hooks.listPages !== undefined && entity.list === undefined;
  if (byCode && hooks.mapRecord === undefined) return undefined;
  return { ...draftsOfListed(manifest, hooks, context, stream, raw), partial: comesInPart(manifest, stream) };
}
