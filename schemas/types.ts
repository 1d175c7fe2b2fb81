// Generated from schemas/**/*.schema.json by `npm run generate`. Not edited by hand.

/**
 * One postal address as written.
 */
export interface Address {
  street?: string;
  city?: string;
  postcode?: string;
  region?: string;
  country?: string;
}
/**
 * One company as a linked system holds it, in canonical form.
 */
export interface Company {
  /**
   * Name as written, legal form included
   */
  companyName?: string;
  /**
   * @maxItems 50
   */
  emails?: string[];
  /**
   * @maxItems 50
   */
  phones?: string[];
  /**
   * Tax identifier as written (CIF, SIREN, SIRET, Partita IVA, EU VAT)
   */
  taxId?: string;
  website?: string;
  /**
   * @maxItems 20
   */
  addresses?: Address[];
  country?: string;
  sector?: string;
  acquisitionSource?: string;
  notes?: string;
}
/**
 * What a person said, as a linked system holds it: the source of one consent event.
 */
export interface Consent {
  /**
   * External id, in the same linked system, of the person
   */
  clientExternalId: string;
  /**
   * Why: marketing, newsletter, profiling... "*" is every purpose that needs consent
   */
  purpose: string;
  channel: 'email' | 'sms' | 'phone' | 'post' | 'messaging' | 'any';
  answer: 'granted' | 'denied' | 'pending';
  /**
   * When the person said it (event time), ISO 8601 UTC with milliseconds
   */
  at: string;
  /**
   * false when the system holds no event time and `at` is when Ficha first saw the state
   */
  atKnown?: boolean;
  textVersion?: string;
  language?: string;
  /**
   * Form, one-click unsubscribe, telephone, import...
   */
  how?: string;
  /**
   * Reference to the proof, as the system names it
   */
  evidence?: string;
}
/**
 * Metadata of one document of a client and where the original lies.
 */
export interface Document {
  clientExternalId: string;
  title: string;
  mediaType?: string;
  originUrl?: string;
  at?: string;
}
/**
 * One contact with a client: an e-mail, a call, a ticket, a note.
 */
export interface Interaction {
  /**
   * External id, in the same linked system, of the person or company
   */
  clientExternalId: string;
  interactionKind: 'email' | 'message' | 'call' | 'meeting' | 'visit' | 'ticket' | 'chat' | 'note';
  direction?: 'in' | 'out';
  /**
   * ISO 8601 UTC with milliseconds
   */
  at: string;
  channel?: string;
  status?: 'open' | 'closed';
  subject?: string;
  /**
   * Free text; may mention other people
   */
  text?: string;
}
/**
 * One person as a linked system holds them, in canonical form. Every field may be missing; a missing value is an absent key, never an empty text.
 */
export interface Person {
  /**
   * Given name or names as written
   */
  givenName?: string;
  /**
   * Family name or names as written
   */
  familyName?: string;
  /**
   * The whole name, where the system does not split it
   */
  fullName?: string;
  /**
   * E-mail addresses as written, the main one first
   *
   * @maxItems 50
   */
  emails?: string[];
  /**
   * Telephone numbers as written, the main one first
   *
   * @maxItems 50
   */
  phones?: string[];
  /**
   * Tax identifier as written (NIF, NIE, codice fiscale, EU VAT)
   */
  taxId?: string;
  /**
   * ISO 8601 calendar date
   */
  birthDate?: string;
  /**
   * Postal addresses, the main one first
   *
   * @maxItems 20
   */
  addresses?: Address[];
  /**
   * ISO 3166-1 alpha-2
   */
  country?: string;
  /**
   * ISO 639-1
   */
  language?: string;
  /**
   * External id, in the same linked system, of the company this contact belongs to
   */
  companyExternalId?: string;
  /**
   * Name of the company this contact belongs to, where the system holds only the name
   */
  companyName?: string;
  /**
   * Position in the company
   */
  role?: string;
  /**
   * How the client first came
   */
  acquisitionSource?: string;
  /**
   * Free text about the person; may mention other people
   */
  notes?: string;
}
/**
 * One quote, order, invoice or payment of one client.
 */
export interface Sale {
  /**
   * External id, in the same linked system, of the person or company who buys
   */
  clientExternalId: string;
  saleKind: 'quote' | 'order' | 'invoice' | 'payment';
  status?: 'draft' | 'sent' | 'accepted' | 'refused' | 'confirmed' | 'invoiced' | 'paid' | 'cancelled';
  number?: string;
  /**
   * ISO 8601 UTC with milliseconds
   */
  at: string;
  /**
   * Total in hundredths of the currency, tax included
   */
  amountCents: number;
  /**
   * ISO 4217
   */
  currency: string;
  /**
   * Where it was sold: web, shop, phone, field...
   */
  channel?: string;
  /**
   * @maxItems 1000
   */
  lines?: {
    sku?: string;
    description?: string;
    quantity?: number;
    amountCents?: number;
  }[];
}
