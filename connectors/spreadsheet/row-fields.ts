import type { RecordKind } from '../../domain/record/source-record.ts';
import { canonicalFields, holdsSeveral } from '../kit/canonical-fields.ts';
import { asType, Unreadable } from '../kit/value-transforms.ts';
import { countryOf } from './countries.ts';
import type { Headings, SheetField } from './headings.ts';
import { type Cell, cellText, type SheetRow } from './row.ts';
import type { SheetSettings } from './settings.ts';

const dayMs = 86_400_000;

/** Days since the epoch of the workbook; in 1900 mode day 60 is the 29 February 1900 that never was. @see ECMA-376 part 1, 18.17.4.1 */
function fromSerial(serial: number, from1904: boolean): string {
  const first = from1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, serial < 60 ? 31 : 30);
  if (!(serial >= 1 && serial < 2_958_466)) throw new Unreadable('value-unreadable', 'the number is no date', 'birthDate');
  return new Date(first + Math.floor(serial) * dayMs).toISOString().slice(0, 10);
}

function dateOf(cell: Cell, { dateOrder }: SheetSettings, from1904: boolean): string {
  if (typeof cell === 'number') return fromSerial(cell, from1904);
  if (cell instanceof Date && !Number.isNaN(cell.getTime())) return cell.toISOString().slice(0, 10);
  const text = cellText(cell);
  const iso = /^\d{4}-\d\d-\d\d/.test(text);
  return String(asType(text, { as: 'date', format: iso ? 'iso' : dateOrder }));
}

function phoneOf(cell: Cell): string {
  const text = cellText(cell);
  if (/^\d+([.,]\d+)?e\+?\d+$/i.test(text))
    throw new Unreadable('value-unreadable', 'the number lost its digits to an exponent', 'phones');
  return text;
}

const parts = (text: string): string[] => text.split(/\s*[;/\n]\s*|\s*,\s+/).filter((part) => part !== '');

/** The texts of the columns of one field, without the empty ones. */
const texts = (row: SheetRow, { columns }: Headings, field: SheetField): string[] =>
  (columns.get(field) ?? []).map((column) => cellText(row.cells[column])).filter((text) => text !== '');

/** Spain, Italy and France write five digits; a number lost its leading zeros. */
const postcodeOf = (cells: readonly Cell[], country: string | undefined): string | undefined => {
  const cell = cells.find((one) => cellText(one) !== '');
  const text = cellText(cell);
  if (text === '') return undefined;
  return typeof cell === 'number' && ['ES', 'IT', 'FR'].includes(country ?? '') ? text.padStart(5, '0') : text;
};

/** Whether a row is a person or a company: a company has no name of a person. */
export function kindOfRow(row: SheetRow, headings: Headings, { kind }: SheetSettings): 'person' | 'company' {
  if (kind !== 'auto') return kind;
  const named = (['givenName', 'familyName', 'fullName'] as const).some((field) => texts(row, headings, field).length > 0);
  return !named && texts(row, headings, 'companyName').length > 0 ? 'company' : 'person';
}

/**
 * The canonical fields that a row says.
 * @throws Unreadable for a date or telephone number that cannot be read
 */
export function fieldsOfRow(
  kind: RecordKind,
  row: SheetRow,
  headings: Headings,
  settings: SheetSettings,
): Record<string, unknown> {
  const cells = (field: SheetField): readonly Cell[] =>
    (headings.columns.get(field) ?? []).map((column) => row.cells[column] ?? null);
  const one = (field: SheetField): string | undefined => texts(row, headings, field)[0];
  const joined = (field: SheetField): string | undefined => texts(row, headings, field).join(' ') || undefined;
  const country = countryOf(one('country') ?? '') ?? settings.defaultCountry;
  const address = {
    street: one('street'),
    city: one('city'),
    postcode: postcodeOf(cells('postcode'), country),
    region: one('region'),
    country,
  };
  const hasAddress = [address.street, address.city, address.postcode, address.region].some((part) => part !== undefined);
  const birth = cells('birthDate').find((cell) => cellText(cell) !== '');
  const fields: Readonly<Record<string, unknown>> = {
    givenName: joined('givenName'),
    familyName: joined('familyName'),
    fullName: joined('fullName'),
    companyName: one('companyName') ?? (kind === 'company' ? joined('fullName') : undefined),
    emails: [...new Set(texts(row, headings, 'emails').flatMap(parts))],
    phones: [...new Set(cells('phones').map(phoneOf).flatMap(parts))],
    taxId: one('taxId'),
    birthDate: birth === undefined ? undefined : dateOf(birth, settings, row.from1904),
    addresses: hasAddress ? [Object.fromEntries(Object.entries(address).filter(([, value]) => value !== undefined))] : [],
    country,
    language: one('language')?.slice(0, 2).toLowerCase(),
    role: one('role'),
    website: one('website'),
    sector: one('sector'),
    acquisitionSource: one('acquisitionSource'),
    notes: texts(row, headings, 'notes').join('\n') || undefined,
  };
  const said = canonicalFields(kind).flatMap((field) => {
    const value = fields[field];
    const nothing = value === undefined || (holdsSeveral(kind, field) && Array.isArray(value) && value.length === 0);
    return nothing ? [] : [[field, value] as const];
  });
  return Object.fromEntries(said);
}
