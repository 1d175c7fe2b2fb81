/** How one field of a Tryton model is kept: a plain value, a link to one row, the rows that link here, or a list of links. */
export type TwinField =
  | { readonly kind: 'text' | 'number' | 'bool' | 'date' | 'timestamp' | 'decimal' }
  | { readonly kind: 'one'; readonly model: string }
  | { readonly kind: 'many'; readonly model: string; readonly inverse: string }
  | { readonly kind: 'links'; readonly model: string };

export type TwinModel = Readonly<Record<string, TwinField>>;

const text = { kind: 'text' } as const;
const number = { kind: 'number' } as const;
const bool = { kind: 'bool' } as const;
const date = { kind: 'date' } as const;
const decimal = { kind: 'decimal' } as const;
const one = (model: string): TwinField => ({ kind: 'one', model });
const many = (model: string, inverse: string): TwinField => ({ kind: 'many', model, inverse });
const stamps = { id: number, create_date: { kind: 'timestamp' }, write_date: { kind: 'timestamp' } } as const;

/** The models and fields of Tryton 7.0 that the twin holds; a model that is not here is one that is not installed. */
export const twinModels: Readonly<Record<string, TwinModel>> = {
  'party.party': {
    ...stamps,
    name: text,
    code: text,
    active: bool,
    lang: one('ir.lang'),
    replaced_by: one('party.party'),
    rec_name: text,
    contact_mechanisms: many('party.contact_mechanism', 'party'),
    addresses: many('party.address', 'party'),
    identifiers: many('party.identifier', 'party'),
    relations: many('party.relation.all', 'from_'),
    categories: { kind: 'links', model: 'party.category' },
  },
  'party.contact_mechanism': {
    ...stamps,
    party: one('party.party'),
    type: text,
    value: text,
    value_compact: text,
    name: text,
    comment: text,
    sequence: number,
    active: bool,
  },
  'party.address': {
    ...stamps,
    party: one('party.party'),
    name: text,
    party_name: text,
    street: text,
    postal_code: text,
    city: text,
    country: one('country.country'),
    subdivision: one('country.subdivision'),
    sequence: number,
    active: bool,
  },
  'party.identifier': { ...stamps, party: one('party.party'), type: text, code: text, sequence: number, active: bool },
  'party.category': { ...stamps, name: text, active: bool },
  'party.relation.type': { ...stamps, name: text, reverse: one('party.relation.type') },
  'party.relation.all': {
    ...stamps,
    from_: one('party.party'),
    to: one('party.party'),
    type: one('party.relation.type'),
    end_date: date,
    active: bool,
  },
  'ir.lang': { ...stamps, code: text },
  'ir.attachment': { ...stamps, resource: text, name: text, type: text, data: text, data_size: number }, // data is tagged bytes
  'ir.note': { ...stamps, resource: text, message: text },
  'country.country': { ...stamps, code: text, name: text },
  'country.subdivision': { ...stamps, name: text },
  'currency.currency': { ...stamps, code: text, name: text, symbol: text, digits: number },
  'company.company': { ...stamps, party: one('party.party'), currency: one('currency.currency') },
  'marketing.email.list': { ...stamps, name: text, language: one('ir.lang'), active: bool },
  'marketing.email': { ...stamps, email: text, email_token: text, list_: one('marketing.email.list'), active: bool },
  'sale.sale': {
    ...stamps,
    party: one('party.party'),
    company: one('company.company'),
    currency: one('currency.currency'),
    invoice_address: one('party.address'),
    shipment_address: one('party.address'),
    shipment_party: one('party.party'),
    state: text,
    number: text,
    reference: text,
    description: text,
    comment: text,
    sale_date: date,
    invoice_state: text,
    total_amount: decimal,
    lines: many('sale.line', 'sale'),
  },
  'sale.line': {
    ...stamps,
    sale: one('sale.sale'),
    type: text,
    description: text,
    quantity: number,
    unit_price: decimal,
    amount: decimal,
  },
  'account.journal': { ...stamps, name: text, type: text },
  'account.account': { ...stamps, name: text, kind: text },
  'account.invoice': {
    ...stamps,
    party: one('party.party'),
    company: one('company.company'),
    currency: one('currency.currency'),
    invoice_address: one('party.address'),
    account: one('account.account'),
    journal: one('account.journal'),
    type: text,
    state: text,
    number: text,
    reference: text,
    description: text,
    comment: text,
    invoice_date: date,
    total_amount: decimal,
    lines: many('account.invoice.line', 'invoice'),
  },
  'account.invoice.line': {
    ...stamps,
    invoice: one('account.invoice'),
    account: one('account.account'),
    type: text,
    description: text,
    quantity: number,
    unit_price: decimal,
    amount: decimal,
  },
};
