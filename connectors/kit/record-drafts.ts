import type { RecordKind, SourceRecordDraft } from '../../domain/record/source-record.ts';
import type { ConnectorManifest, ConsentRule, ManifestEntity } from '../../schemas/types.ts';
import type { RecordRef, RejectedDraft } from './contract.ts';
import { carriedId } from './carried.ts';
import { mapRecord, sourceValue } from './map-record.ts';
import { externalIdOf } from './record-id.ts';
import { textAt, valueAt } from './value-path.ts';
import { Unreadable } from './value-transforms.ts';

/** What one listed record is: drafts, a deletion, or a reason why it is kept aside. */
export interface Drafted {
  readonly records: readonly SourceRecordDraft[];
  readonly rejected: readonly RejectedDraft[];
  readonly deleted: readonly RecordRef[];
}

const nothing: Drafted = { records: [], rejected: [], deleted: [] };

const typeOf = (value: unknown): string => {
  if (value === undefined) return 'absent';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
};

/** What no longer looks as the manifest says: the vendor changed its answers. */
function drift({ shape = {} }: ManifestEntity, raw: unknown): { readonly code: string; readonly reason: string } | undefined {
  for (const [path, types] of Object.entries(shape)) {
    const found = typeOf(valueAt(raw, path));
    if (types.some((type) => type === found)) continue;
    const expected = types.join(' or ');
    return found === 'absent'
      ? { code: 'field-missing', reason: `"${path}" is not there; it should be ${expected}. Did the vendor change its API?` }
      : { code: 'field-retyped', reason: `"${path}" is ${found} and should be ${expected}. Did the vendor change its API?` };
  }
  return undefined;
}

/** Ids that the vendor merged into this record. */
function absorbedIds({ absorbed }: ManifestEntity, raw: unknown): readonly string[] {
  if (absorbed === undefined) return [];
  const value = sourceValue(raw, absorbed);
  const ids: readonly unknown[] = Array.isArray(value) ? value : [value];
  return ids.flatMap((id) => (typeof id === 'string' || typeof id === 'number' ? [String(id)] : []));
}

/** The record without what its vendor writes for nothing, such as the `false` of an empty text. */
function withoutEmpties(value: unknown, empty: readonly unknown[]): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutEmpties(one, empty));
  if (typeof value !== 'object' || value === null) return empty.includes(value) ? undefined : value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutEmpties(one, empty)]));
}

const kindOf = (stream: string, { kind }: ManifestEntity, raw: unknown): RecordKind | undefined => {
  if (kind === undefined) return stream as RecordKind; // the lint saw that it is one
  return typeof kind === 'string' ? kind : kind.values[textAt(raw, kind.path) ?? ''];
};

const timeAt = (raw: unknown, source: ManifestEntity['changedAt']): string | undefined => {
  if (source === undefined) return undefined;
  try {
    const value = sourceValue(raw, typeof source === 'string' ? { from: source, as: 'date-time' } : source);
    return typeof value === 'string' ? value : undefined;
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
};

/** What the record says of contacting the person, as a consent record of its own. Without a time of its own `at` is when it is read. */
function consentDraft(rule: ConsentRule, personId: string, raw: unknown, now: Date): SourceRecordDraft | undefined {
  const said = textAt(raw, rule.read);
  const answer = said === undefined || said === '' ? rule.absent : rule.values[said];
  if (answer === undefined || answer === 'unknown') return undefined;
  const at = timeAt(raw, rule.at);
  const fields = { purpose: rule.purpose, channel: rule.channel, answer };
  return {
    kind: 'consent',
    externalId: carriedId(personId, rule.channel, rule.purpose),
    raw: { [rule.read]: said ?? null },
    canonical: { clientExternalId: personId, ...fields, at: at ?? now.toISOString(), atKnown: at !== undefined },
    ...(at === undefined ? {} : { changedAt: at }),
  };
}

/** Makes records of one listed record, as the manifest says. */
export function draftsOf(manifest: ConnectorManifest, stream: string, raw: unknown, now: Date): Drafted {
  const entity = manifest.entities[stream];
  if (entity === undefined) return nothing;
  const vendorId = textAt(raw, entity.id ?? 'id');
  const id = vendorId === undefined || vendorId === '' ? undefined : externalIdOf(entity, vendorId);
  const kept = (code: string, reason: string): Drafted => ({
    ...nothing,
    rejected: [{ ...(id === undefined ? {} : { externalId: id }), reasonCode: code, reason, raw }],
  });
  if (id === undefined) return kept('id-missing', `"${entity.id ?? 'id'}" holds no id`);
  const kind = kindOf(stream, entity, raw);
  if (kind === undefined) return kept('kind-unknown', 'its kind is none of those that the manifest lists');
  const { deleted } = entity;
  const goneValue = deleted === undefined ? undefined : valueAt(raw, deleted.path);
  if (deleted?.values.some((value) => value === goneValue)) return { ...nothing, deleted: [{ kind, externalId: id }] };
  const rules = kind === 'person' ? (manifest.consent ?? []).filter((rule) => rule.entity === stream) : [];
  const said = rules.flatMap((rule) => consentDraft(rule, id, raw, now) ?? []);
  const drifted = drift(entity, raw);
  if (drifted !== undefined) return { ...kept(drifted.code, drifted.reason), records: said };
  const filled = entity.empty === undefined ? raw : withoutEmpties(raw, entity.empty);
  const mapped = mapRecord(kind, filled, entity.maps?.[kind] ?? entity.map ?? {});
  // an opt-out of a record that cannot be mapped is still an opt-out (rule 3)
  if ('problem' in mapped)
    return { ...kept(mapped.problem.code, `${mapped.problem.field}: ${mapped.problem.why}`), records: said };
  const changedAt = timeAt(raw, entity.changedAt);
  const record = { kind, externalId: id, raw, canonical: mapped.fields, ...(changedAt === undefined ? {} : { changedAt }) };
  const gone = absorbedIds(entity, raw).map((one): RecordRef => ({ kind, externalId: externalIdOf(entity, one) }));
  return { ...nothing, records: [record, ...said], deleted: gone };
}

/** Records of one id with different content on one page: the later counts, the other is kept aside with its reason. */
export function draftsOfPage(drafted: readonly Drafted[]): Drafted {
  const latest = new Map<string, SourceRecordDraft>();
  const rejected = drafted.flatMap((one) => one.rejected);
  for (const record of drafted.flatMap((one) => one.records)) {
    const key = `${record.kind}:${record.externalId}`;
    const before = latest.get(key);
    if (before !== undefined && record.kind !== 'consent' && JSON.stringify(before.raw) !== JSON.stringify(record.raw)) {
      const reason = 'another record of the same page has this id; the later one counts. Is `id` of the manifest right?';
      rejected.push({ externalId: record.externalId, reasonCode: 'id-doubled', reason, raw: before.raw });
    }
    latest.set(key, record);
  }
  return { records: [...latest.values()], rejected, deleted: drafted.flatMap((one) => one.deleted) };
}
