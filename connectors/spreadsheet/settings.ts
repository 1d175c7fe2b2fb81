/** Settings of one linked file or folder, valid against the manifest. */
export interface SheetSettings {
  readonly path: string;
  readonly sheet: string | undefined;
  readonly headerRow: number | undefined;
  readonly kind: 'auto' | 'person' | 'company';
  /** Field: heading. */
  readonly columns: Readonly<Record<string, string>>;
  readonly defaultCountry: string | undefined;
  readonly dateOrder: 'd/m/y' | 'm/d/y';
  readonly purpose: string;
}

/** The settings with what is left out filled in. */
export function sheetSettings(config: Readonly<Record<string, unknown>>): SheetSettings {
  const given = config as Partial<SheetSettings> & { readonly key?: string }; // valid against the manifest's schema
  return {
    path: given.path ?? '', // of a file on a server: its copy's
    sheet: given.sheet,
    headerRow: given.headerRow,
    kind: given.kind ?? 'auto',
    columns: { ...given.columns, ...(given.key === undefined ? {} : { key: given.key }) },
    defaultCountry: given.defaultCountry,
    dateOrder: given.dateOrder ?? 'd/m/y',
    purpose: given.purpose ?? 'marketing',
  };
}
