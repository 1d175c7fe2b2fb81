import { randomBytes } from 'node:crypto';
import { type TrytonStore, type TwinRow, TwinUserError } from './store.ts';

const cents = (text: unknown): number => Math.round(Number(text ?? 0) * 100);
const money = (amount: number): string => (amount / 100).toFixed(2);

/** The amount of a line, and of the document that it is a line of. */
const priced =
  (parentModel: string, parentField: string) =>
  (store: TrytonStore, row: TwinRow): void => {
    row['amount'] = money(Math.round(Number(row['quantity'] ?? 0) * cents(row['unit_price'])));
    const parent = store.row(parentModel, row[parentField]);
    if (parent === undefined) return;
    const lines = store.children(
      { kind: 'many', model: `${parentModel.replace('sale.sale', 'sale')}.line`, inverse: parentField },
      parent.id,
    );
    parent['total_amount'] = money(lines.reduce((total, line) => total + cents(line['amount']), 0));
  };

const document = (label: string) => (_store: TrytonStore, row: TwinRow) => {
  row['state'] ??= 'draft';
  row['total_amount'] ??= '0.00';
  if (row['state'] === 'draft' || typeof row['invoice_address'] === 'number') return;
  throw new TwinUserError(`A value is required for field "Invoice Address" in "(${row.id})" of "${label}".`);
};

/** What Tryton's models do to a row whenever the ORM stores it. */
export const trytonRules: Readonly<Record<string, (store: TrytonStore, row: TwinRow) => void>> = {
  'party.party': (_store, row) => {
    row['code'] ??= String(row.id);
    row['rec_name'] = row['name'] ?? `[${String(row['code'])}]`;
  },
  'party.contact_mechanism': (_store, row) => {
    row['value_compact'] = row['value'] ?? null;
  },
  'party.relation.all': (store, row) => {
    row['active'] = typeof row['end_date'] !== 'string' || row['end_date'] >= String(row['create_date']).slice(0, 10);
    const reverse = store.row('party.relation.type', row['type'])?.['reverse'] ?? null;
    const mirrored = [...store.table('party.relation.all').values()].some(
      (other) => other['from_'] === row['to'] && other['to'] === row['from_'] && other['type'] === reverse,
    );
    if (reverse !== null && !mirrored) store.create('party.relation.all', { from_: row['to'], to: row['from_'], type: reverse });
  },
  'marketing.email': (store, row) => {
    const email = String(row['email'] ?? '').toLowerCase();
    if (email !== row['email']) row['write_date'] ??= row['create_date']; // normalised by a write of its own
    row['email'] = email;
    row['email_token'] ??= randomBytes(16).toString('hex');
    for (const other of store.table('marketing.email').values()) {
      if (other.id !== row.id && other['email'] === email && other['list_'] === row['list_']) {
        throw new TwinUserError('E-mail and list must be unique.');
      }
    }
  },
  'sale.sale': (store, row) => {
    row['invoice_state'] ??= 'none';
    document('Sale')(store, row);
  },
  'sale.line': priced('sale.sale', 'sale'),
  'account.invoice': document('Invoice'),
  'account.invoice.line': priced('account.invoice', 'invoice'),
};
