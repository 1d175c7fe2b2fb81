import type { RejectedDraft } from '../kit/contract.ts';
import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import { childrenOf } from './party.ts';
import { referenceTo } from './reference.ts';
import type { Row } from './session.ts';
import { centsOf, isoOf } from './wire.ts';

const lineFields = ['description', 'quantity', 'amount'].map((field) => `lines.${field}`);
const shared = [
  'party',
  'state',
  'number',
  'reference',
  'description',
  'total_amount',
  'currency.code',
  'create_date',
  'write_date',
];

export const saleFields: readonly string[] = [...shared, 'sale_date', 'invoice_state', ...lineFields];
export const invoiceFields: readonly string[] = [...shared, 'type', 'invoice_date', ...lineFields];

type SaleModel = 'sale.sale' | 'account.invoice';

const statuses: Readonly<Record<SaleModel, Readonly<Record<string, string>>>> = {
  'sale.sale': {
    draft: 'draft',
    quotation: 'sent',
    confirmed: 'confirmed',
    processing: 'confirmed',
    done: 'invoiced',
    cancelled: 'cancelled',
  },
  'account.invoice': { draft: 'draft', validated: 'draft', posted: 'invoiced', paid: 'paid', cancelled: 'cancelled' },
};

const kindOfSale = (model: SaleModel, state: string): string => {
  if (model === 'account.invoice') return 'invoice';
  return state === 'draft' || state === 'quotation' ? 'quote' : 'order';
};

function lineOf(line: Readonly<Record<string, unknown>>): object {
  const fields = {
    description: typeof line.description === 'string' && line.description !== '' ? line.description.slice(0, 1000) : undefined,
    quantity: typeof line.quantity === 'number' ? line.quantity : undefined,
    amountCents: centsOf(line.amount),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** A sale or a customer invoice in canonical form; kept aside when an amount, currency or party cannot be read. */
export function draftOfSale(model: SaleModel, row: Row): SourceRecordDraft | RejectedDraft {
  const externalId = referenceTo(model, row.id);
  const amountCents = centsOf(row.total_amount);
  const currency = (row['currency.'] as { readonly code?: unknown } | null)?.code; // a row or null
  const at = isoOf(row.sale_date) ?? isoOf(row.invoice_date) ?? isoOf(row.create_date);
  const unread = Object.entries({ total_amount: amountCents, currency, party: row.party }).find(
    ([, value]) => value == null,
  )?.[0];
  if (unread !== undefined || at === undefined) {
    return { externalId, reasonCode: 'unreadable-field', reason: `${model}.${unread ?? 'create_date'} has no value`, raw: row };
  }
  const state = String(row.state);
  const status = row.invoice_state === 'paid' ? 'paid' : statuses[model][state];
  const changedAt = isoOf(row.write_date) ?? isoOf(row.create_date);
  return {
    kind: 'sale',
    externalId,
    raw: row,
    canonical: {
      clientExternalId: referenceTo('party.party', Number(row.party)),
      saleKind: kindOfSale(model, state),
      ...(status === undefined ? {} : { status }),
      ...(typeof row.number === 'string' && row.number !== '' ? { number: row.number } : {}),
      at,
      amountCents,
      currency,
      lines: childrenOf(row, 'lines').slice(0, 1000).map(lineOf),
    },
    ...(changedAt === undefined ? {} : { changedAt }),
  };
}
