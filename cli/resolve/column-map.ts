import { closest } from '../../domain/record/closest.ts';
import { problemsInWords, validatorFor } from '../../platform/validate.ts';
import type { ColumnMap } from '../../schemas/types.ts';
import { CommandFailed } from '../connection.ts';
import { readYaml } from '../read-file.ts';
import { type Field, fieldOf, fields } from './fields.ts';

/** The columns that hold a field. */
export interface Placed {
  /** Places in the header. */
  readonly places: readonly number[];
  /** Parts of one value, because a map names several; else each holds a value of its own. */
  readonly areParts: boolean;
}

/** Which columns of a file hold a field. */
export type Columns = ReadonlyMap<Field, Placed>;

/** Reads a map file: which column is what. Anything else in it, a threshold among them, is refused. */
export function readColumnMap(path: string): ColumnMap {
  const whole = asWhole(readYaml(path) ?? {});
  const problems = validatorFor('identity/column-map')(whole);
  if (problems.length > 0)
    throw new CommandFailed(
      `map-invalid: ${path}: ${problemsInWords(problems)}. A map says which column is what (columns, constants, separator, dates...), ` +
        'never how records are decided; see docs/how-to/resolve-offline.md',
    );
  return whole as ColumnMap; // the validator of that schema found no problem
}

/** The short form, `given_name: first name` without `columns:` above it, as the whole one. */
function asWhole(value: unknown): unknown {
  const names = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const isShort = names.length > 0 && names.every((name) => (fields as readonly string[]).includes(name));
  return isShort ? { columns: value } : value;
}

/**
 * Where each field stands in a header: as the map says, else by the names that are commonly used. A header that the map names and the
 * file lacks is an error.
 * @param options.everyName take all headers that mean one field, because its rows need not have the same
 */
export function placeColumns(
  path: string,
  header: readonly string[],
  map: ColumnMap,
  options: { readonly everyName?: boolean } = {},
): Columns {
  const trimmed = header.map((name) => name.trim());
  const placed = new Map<Field, Placed>();
  const taken = new Set<number>(trimmed.flatMap((name, place) => (map.ignore?.includes(name) ? [place] : [])));
  for (const field of fields) {
    const asked = map.columns?.[field];
    if (asked === undefined) continue;
    const places = (typeof asked === 'string' ? [asked] : asked).map((name) => placeOf(path, trimmed, field, name));
    placed.set(field, { places, areParts: places.length > 1 });
    for (const place of places) taken.add(place);
  }
  for (const [place, name] of trimmed.entries()) {
    const field = taken.has(place) ? undefined : fieldOf(name);
    const before = field === undefined ? undefined : placed.get(field);
    if (field === undefined || (before !== undefined && (options.everyName !== true || map.columns?.[field] !== undefined)))
      continue;
    placed.set(field, { places: [...(before?.places ?? []), place], areParts: false });
  }
  if (!placed.has('record_id')) throw noRecordId(path, trimmed);
  return placed;
}

function placeOf(path: string, header: readonly string[], field: Field, name: string): number {
  const place = header.indexOf(name);
  if (place >= 0) return place;
  const meant = closest(name, header);
  throw new CommandFailed(
    `map-unknown-header: ${path} has no column "${name}" (columns.${field} of the map). ` +
      `${meant === undefined ? '' : `Did you mean "${meant}"? `}Columns: ${header.join(', ')}`,
  );
}

function noRecordId(path: string, header: readonly string[]): CommandFailed {
  const meant = closest('record_id', header);
  return new CommandFailed(
    `no-record-id: ${path} has no column record_id${meant === undefined ? '' : ` ("${meant}" comes close)`}. ` +
      `Say which one it is in a map file: \`columns: { record_id: ... }\`, and pass it with --map. Columns: ${header.join(', ')}`,
  );
}
