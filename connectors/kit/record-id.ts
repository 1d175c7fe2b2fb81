import type { ConnectorManifest, ManifestEntity } from '../../schemas/types.ts';
import type { RecordRef } from './contract.ts';
import { kindsOf } from './entity-kinds.ts';

/** Our id of a vendor's record: prefixed where several kinds of the vendor count on their own. */
export const externalIdOf = ({ idPrefix = '' }: Pick<ManifestEntity, 'idPrefix'>, vendorId: string): string =>
  `${idPrefix}${vendorId}`;

/** The stream that a record comes by: of those of its kind the one whose prefix its id has. */
export function entityOf(
  { entities }: ConnectorManifest,
  { kind, externalId }: RecordRef,
): { readonly name: string; readonly entity: ManifestEntity } | undefined {
  const ofKind = Object.entries(entities).filter(([name, entity]) => kindsOf(name, entity).includes(kind));
  const [name, entity] =
    ofKind.find(([, { idPrefix }]) => idPrefix !== undefined && externalId.startsWith(idPrefix)) ??
    ofKind.find(([, { idPrefix }]) => idPrefix === undefined) ??
    [];
  return name === undefined || entity === undefined ? undefined : { name, entity };
}

/** The vendor's id in ours. */
export function vendorIdOf(manifest: ConnectorManifest, ref: RecordRef): string {
  const prefix = entityOf(manifest, ref)?.entity.idPrefix ?? '';
  return ref.externalId.startsWith(prefix) ? ref.externalId.slice(prefix.length) : ref.externalId;
}

/** The rule for a record: by its stream, else by its kind. */
export function ruleOf<Rule>(
  rules: Readonly<Record<string, Rule>> | undefined,
  manifest: ConnectorManifest,
  ref: RecordRef,
): Rule | undefined {
  const name = entityOf(manifest, ref)?.name;
  return (name === undefined ? undefined : rules?.[name]) ?? rules?.[ref.kind];
}
