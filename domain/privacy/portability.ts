import type { AccessReport, PortabilityPackage, PortableRecord } from '../../schemas/types.ts';

type CanonicalRecord = PortabilityPackage['records'][number];

/** A cell that a spreadsheet would run as a formula is made text; a telephone's plus sign stays. @see OWASP, CSV injection */
const harmless = (text: string): string => (/^[=@\t\r]|^[+-](?![\d\s().-]+$)/.test(text) ? `'${text}` : text);

const cellOf = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  const text = harmless(typeof value === 'string' ? value : JSON.stringify(value));
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Records of one kind as CSV (RFC 4180): one column per field that any of them has, lists and objects as JSON. */
const csvOf = (records: readonly CanonicalRecord[]): string => {
  const fields = [...new Set(records.flatMap(({ canonical }) => Object.keys(canonical)))].sort();
  const rows = records.map(({ systemId, externalId, canonical }) => [
    systemId,
    externalId,
    ...fields.map((field) => canonical[field]),
  ]);
  return [['systemId', 'externalId', ...fields], ...rows].map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');
};

export interface PackageParts {
  readonly requestId: string;
  /** ISO 8601 UTC. */
  readonly madeAt: string;
  /** What each system exported; a system that held nothing has no records. */
  readonly systems: readonly { readonly systemId: string; readonly title: string; readonly records: readonly PortableRecord[] }[];
  /** What Ficha holds, in canonical form. */
  readonly records: readonly CanonicalRecord[];
  /** Only for a request of access. */
  readonly report?: AccessReport;
}

/** The package that a person takes along. @see Regulation (EU) 2016/679, art. 20; WP242 rev.01 */
export function portabilityPackage({ requestId, madeAt, systems, records, report }: PackageParts): PortabilityPackage {
  const kinds = [...new Set(records.map(({ kind }) => kind))].sort();
  return {
    version: 1,
    requestId,
    madeAt,
    systems: systems.map((system) => ({ ...system, records: [...system.records] })),
    records: [...records],
    ...(report === undefined ? {} : { report }),
    csv: Object.fromEntries(kinds.map((kind) => [kind, csvOf(records.filter((record) => record.kind === kind))])),
  };
}
