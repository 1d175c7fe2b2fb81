import type { RecordKind } from '../../domain/record/source-record.ts';
import type { ManifestEntity } from '../../schemas/types.ts';

/** The kinds of record that one stream of a manifest holds. */
export function kindsOf(stream: string, { kind }: ManifestEntity): readonly RecordKind[] {
  if (kind === undefined) return [stream as RecordKind]; // the lint saw that it is one
  return typeof kind === 'string' ? [kind] : [...new Set(Object.values(kind.values))];
}
