/** Settings of one address book, valid against the manifest. */
export interface CardDavSettings {
  readonly url: string;
  readonly optOutCategory: string;
  readonly purpose: string;
  readonly defaultCountry: string | undefined;
}

/** The settings; what was left out is filled in by the manifest. */
export const cardDavSettings = (config: Readonly<Record<string, unknown>>): CardDavSettings =>
  config as unknown as CardDavSettings; // valid against the manifest's schema
