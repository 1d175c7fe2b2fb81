import type { RecordKind } from '../../domain/record/source-record.ts';
import type { FieldMap, ValueTransform } from '../../schemas/types.ts';
import { holdsSeveral } from './canonical-fields.ts';
import { asType, Unreadable } from './value-transforms.ts';
import { isEmpty, textAt, valueAt } from './value-path.ts';

export type FieldSource = FieldMap[string];

/** A mapped record, or the field that could not be mapped and why; no value of the record is in it. */
export type Mapped =
  | { readonly fields: Readonly<Record<string, unknown>> }
  | { readonly problem: { readonly code: string; readonly field: string; readonly why: string } };

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : isEmpty(value) ? [] : [value]);

const tidy = (value: unknown): unknown => (typeof value === 'string' ? value.trim() : value);

const meets = (item: unknown, where: ValueTransform['where']): boolean =>
  Object.entries(where ?? {}).every(([path, wanted]) => valueAt(item, path) === wanted);

function ofEach(record: unknown, rule: ValueTransform): readonly unknown[] {
  const items = asList(valueAt(record, rule.each ?? '.')).filter((item) => meets(item, rule.where));
  const map = rule.map;
  if (map !== undefined) {
    return items.map((item) => fieldsOf(item, map, asIs)).filter((fields) => Object.keys(fields).length > 0);
  }
  return items.map((item) => converted(valueAt(item, rule.take ?? '.'), rule)).filter((value) => !isEmpty(value));
}

function converted(value: unknown, rule: ValueTransform): unknown {
  if (isEmpty(value)) return rule.otherwise ?? undefined;
  if (rule.prefix !== undefined) return `${rule.prefix}${String(value)}`;
  if (rule.values === undefined) return asType(value, rule);
  const known = Object.hasOwn(rule.values, String(value)) ? rule.values[String(value)] : rule.otherwise;
  if (known === undefined) throw new Unreadable('value-unknown', 'it is none of the values that the manifest lists');
  return known ?? undefined;
}

/** The value that one source says; undefined when it says nothing. */
export function sourceValue(record: unknown, source: FieldSource): unknown {
  if (typeof source === 'string') return tidy(valueAt(record, source));
  if (Array.isArray(source)) return source.flatMap((path) => asList(valueAt(record, path))).map(tidy);
  if (source.const !== undefined) return source.const;
  if (source.first !== undefined) return source.first.map((one) => sourceValue(record, one)).find((value) => !isEmpty(value));
  if (source.each !== undefined)
    return source.as === 'join' ? ofEach(record, source).join(source.with ?? ' ') : ofEach(record, source);
  if (source.prefixBy !== undefined) {
    const { path, values } = source.prefixBy;
    const prefix = values[textAt(record, path) ?? ''];
    const id = textAt(record, typeof source.from === 'string' ? source.from : '.');
    return prefix === undefined || id === undefined || isEmpty(id) ? undefined : `${prefix}${id}`;
  }
  const paths = asList(source.from ?? '.') as readonly string[]; // the schema says: one path or several
  if (source.as === 'join') {
    const parts = paths.map((path) => valueAt(record, path)).filter((part) => !isEmpty(part));
    return parts.map((part) => String(part).trim()).join(source.with ?? ' ');
  }
  const values = paths.map((path) => valueAt(record, path));
  return converted(paths.length === 1 ? values[0] : values.find((value) => !isEmpty(value)), source);
}

/** What becomes of the value of a field. */
type Shape = (field: string, value: unknown) => unknown;

const asIs: Shape = (_, value) => value;

const entries = new WeakMap<FieldMap, readonly (readonly [string, FieldSource])[]>();

/** The fields of a map: one map makes every record of its kind. */
function entriesOf(map: FieldMap): readonly (readonly [string, FieldSource])[] {
  const known = entries.get(map) ?? Object.entries(map);
  entries.set(map, known);
  return known;
}

function valueOf(record: unknown, field: string, source: FieldSource): unknown {
  try {
    return sourceValue(record, source);
  } catch (error) {
    throw error instanceof Unreadable ? error.in(field) : error;
  }
}

function fieldsOf(record: unknown, map: FieldMap, shape: Shape): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [field, source] of entriesOf(map)) {
    const value = valueOf(record, field, source);
    if (isEmpty(value)) continue;
    const shaped = shape(field, value);
    if (!Array.isArray(shaped) || shaped.length > 0) fields[field] = shaped;
  }
  return fields;
}

/** A field that holds several takes a single value as its only one; doubles are dropped. */
function several(value: unknown): readonly unknown[] {
  const texts = asList(value).map((one) => (typeof one === 'number' ? String(one) : one));
  return (texts.length === 1 ? texts : [...new Set(texts)]).filter((one) => !isEmpty(one));
}

const shapes = new Map<RecordKind, Shape>();

function shapeOf(kind: RecordKind): Shape {
  const known = shapes.get(kind) ?? ((field, value) => (holdsSeveral(kind, field) ? several(value) : value));
  shapes.set(kind, known);
  return known;
}

/** Maps one record of the vendor to the canonical fields of its kind. Empty values are left out. */
export function mapRecord(kind: RecordKind, record: unknown, map: FieldMap): Mapped {
  try {
    return { fields: fieldsOf(record, map, shapeOf(kind)) };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { problem: { code: error.code, field: error.field, why: error.why } };
  }
}
