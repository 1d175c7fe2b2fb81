import { FichaError } from '../../../domain/record/error.ts';
import type { ConnectorManifest, ManifestEntity, RequestStep } from '../../../schemas/types.ts';
import type { RecordRef } from '../contract.ts';
import type { HookContext } from '../hooks.ts';
import { entityOf, vendorIdOf } from '../record-id.ts';
import { callOf } from '../request-step.ts';
import { placeholdersOf, type Scope } from '../template.ts';
import { valueAt } from '../value-path.ts';

/** One opened system as the verbs of a manifest see it. */
export interface Opened {
  readonly manifest: ConnectorManifest;
  readonly context: HookContext;
}

/** What placeholders of a verb about one record may name. */
export const scopeOf = ({ manifest, context }: Opened, ref: RecordRef): Scope => {
  const id = vendorIdOf(manifest, ref);
  return { config: context.config, id, ...(/^\d{1,15}$/.test(id) ? { idNumber: Number(id) } : {}) };
};

export const asList = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

const absentBy = (get: NonNullable<ManifestEntity['get']>, record: unknown): boolean =>
  get.absent?.values.some((value) => value === (valueAt(record, get.absent?.path ?? '.') ?? null)) ?? false;

/**
 * One record by its own address; undefined when it is not there.
 * @throws FichaError `verb-unsupported` when the manifest has no `get` for its kind
 */
export async function readRecord(opened: Opened, ref: RecordRef, entityName?: string): Promise<unknown> {
  const { manifest, context } = opened;
  const get = (entityName === undefined ? entityOf(manifest, ref)?.entity : manifest.entities[entityName])?.get;
  if (get === undefined) throw new FichaError('verb-unsupported', `${manifest.name} cannot read one ${ref.kind} by its id`);
  const answer = await context.send({ ...callOf(get, scopeOf(opened, ref)), reads: true, expect: [404, 410] });
  if (answer.status === 404 || answer.status === 410) return undefined;
  const value = valueAt(answer.body, get.select ?? '.');
  const record = Array.isArray(value) ? (value as readonly unknown[])[0] : value;
  return record === undefined || record === null || absentBy(get, record) ? undefined : record;
}

const texts = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
};

/** Whether any of these steps names {record.…}. */
export const needsRecord = (steps: readonly Partial<RequestStep>[]): boolean =>
  steps.some(
    ({ request, query, json, form, each, when }) =>
      texts([request, query, json, form]).some((text) => placeholdersOf(text).some((name) => name.startsWith('record.'))) ||
      each?.startsWith('record.') === true ||
      when?.path.startsWith('record.') === true,
  );
