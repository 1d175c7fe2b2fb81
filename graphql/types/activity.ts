import { builder } from '../builder.ts';
import { type Told, told } from '../read-clients.ts';

const oneWord = <Word extends string>(words: readonly Word[]) =>
  Object.fromEntries(words.map((word) => [word.toUpperCase(), { value: word }])) as Record<
    Uppercase<Word>,
    { readonly value: Word }
  >; // fromEntries forgets the keys

export const SaleKind = builder.enumType('SaleKind', {
  description: 'A step of a sale.',
  values: oneWord(['quote', 'order', 'invoice', 'payment']),
});

export const InteractionKind = builder.enumType('InteractionKind', {
  description: 'A way of being in contact. MESSAGE is WhatsApp, SMS and the like.',
  values: oneWord(['email', 'message', 'call', 'meeting', 'visit', 'ticket', 'chat', 'note']),
});

const SaleLineType = builder.objectRef<Told>('SaleLine').implement({
  description: 'One line of a sale.',
  fields: (t) => ({
    sku: t.string({ nullable: true, resolve: told }),
    description: t.string({ nullable: true, resolve: told }),
    quantity: t.float({ nullable: true, resolve: told }),
    amount: t.float({ nullable: true, description: 'In units of the currency of the sale', resolve: told }),
  }),
});

export const SaleType = builder.objectRef<Told>('Sale').implement({
  description: 'One quote, order, invoice or payment.',
  fields: (t) => ({
    id: t.id({ resolve: told }),
    linkedSystemId: t.string({ resolve: told }),
    kind: t.string({ description: 'quote, order, invoice or payment', resolve: told }),
    status: t.string({
      nullable: true,
      description: 'draft, sent, accepted, refused, confirmed, invoiced, paid or cancelled',
      resolve: told,
    }),
    number: t.string({ nullable: true, resolve: told }),
    at: t.string({ description: 'ISO 8601 UTC', resolve: told }),
    amount: t.float({ description: 'Total, tax included, in units of the currency', resolve: told }),
    currency: t.string({ description: 'ISO 4217', resolve: told }),
    channel: t.string({ nullable: true, description: 'Where it was sold: web, shop, phone, field', resolve: told }),
    lines: t.field({ type: [SaleLineType], description: 'What was sold', resolve: told }),
  }),
});

export const InteractionType = builder.objectRef<Told>('Interaction').implement({
  description: 'One contact with a client: an e-mail, a message, a call, a meeting, a visit, a ticket, a chat, a note.',
  fields: (t) => ({
    id: t.id({ resolve: told }),
    linkedSystemId: t.string({ description: '`ficha` for what was written from Ficha itself', resolve: told }),
    kind: t.string({ resolve: told }),
    direction: t.string({ nullable: true, description: 'in or out', resolve: told }),
    status: t.string({
      nullable: true,
      description: 'open or closed; of what was written from Ficha: sent, refused or unknown',
      resolve: told,
    }),
    channel: t.string({ nullable: true, resolve: told }),
    at: t.string({ description: 'ISO 8601 UTC', resolve: told }),
    subject: t.string({ nullable: true, resolve: told }),
    text: t.string({ nullable: true, description: 'Free text. Category special: needs an explicit grant', resolve: told }),
  }),
});

const DocumentCopyType = builder.objectRef<Told>('DocumentCopy').implement({
  description:
    'A copy that somebody uploaded and Ficha keeps sealed. `GET /v1/documents/<id>/copy` hands it out and logs the look.',
  fields: (t) => ({
    mediaType: t.string({ description: 'As in application/pdf', resolve: told }),
    size: t.int({ description: 'Bytes', resolve: told }),
    sha256: t.string({ description: 'Of the copy, hex', resolve: told }),
    uploadedAt: t.string({ description: 'ISO 8601 UTC', resolve: told }),
  }),
});

export const DocumentType = builder.objectRef<Told>('Document').implement({
  description: 'Metadata of one document and where its original lies.',
  fields: (t) => ({
    id: t.id({ resolve: told }),
    linkedSystemId: t.string({ resolve: told }),
    title: t.string({ resolve: told }),
    mediaType: t.string({ nullable: true, resolve: told }),
    originUrl: t.string({ nullable: true, description: 'In the linked system, whose own rights hold', resolve: told }),
    at: t.string({ nullable: true, description: 'ISO 8601 UTC', resolve: told }),
    copy: t.field({
      type: DocumentCopyType,
      nullable: true,
      description: 'The encrypted copy, where one was uploaded',
      resolve: told,
    }),
  }),
});
