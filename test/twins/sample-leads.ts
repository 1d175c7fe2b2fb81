import type { SheetSeed } from './sample-seeds.ts';

/** Columns of the workbook of old leads, as a Spanish office heads them. */
const columns: readonly (readonly [head: string, value: (row: SheetSeed) => string | undefined])[] = [
  ['Código', ({ id }) => id],
  ['Nombre', ({ givenName }) => givenName],
  ['Apellidos', ({ familyName }) => familyName],
  ['Correo', ({ email }) => email],
  ['Teléfono', ({ phone }) => phone],
  ['Fecha de nacimiento', ({ birthDate }) => birthDate],
  ['NIF', ({ taxId }) => taxId],
  ['Ciudad', ({ city }) => city],
  ['CP', ({ postcode }) => postcode],
  ['País', ({ country }) => country],
  ['Empresa', ({ company }) => company],
  ['Baja publicidad', ({ noAdvertising }) => (noAdvertising ? 'sí' : 'no')],
];

const cell = (value: string | undefined): string => (value === undefined ? '' : `"${value.replaceAll('"', '""')}"`);

/** The leads as CSV text (UTF-8, comma): what LibreOffice turns into the workbook of the sample. */
export function leadsAsCsv(rows: readonly SheetSeed[]): string {
  const lines = rows.map((row) => columns.map(([, value]) => cell(value(row))).join(','));
  return `${[columns.map(([head]) => cell(head)).join(','), ...lines].join('\r\n')}\r\n`;
}
