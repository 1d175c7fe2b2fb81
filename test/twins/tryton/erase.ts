import { type TrytonStore, type TwinRow, TwinUserError } from './store.ts';
import type { TwinValue } from './wire.ts';

/** What the vendor's wizard blanks. It forgets `value_compact`, `party_name` and the rows of marketing.email (trytond_party 7.0.8). */
const blanked: readonly (readonly [string, string, Readonly<Record<string, TwinValue>>])[] = [
  ['party.party', 'id', { name: null }],
  ['party.identifier', 'party', { type: null, code: '****' }],
  ['party.address', 'party', { name: null, street: null, postal_code: null, city: null, country: null, subdivision: null }],
  ['party.contact_mechanism', 'party', { value: null, name: null, comment: null }],
];

function refuseWhenBusy(store: TrytonStore, party: TwinRow): void {
  const name = String(party['rec_name']);
  if (party['active'] !== false) throw new TwinUserError(`Party "${name}" cannot be erased because they are still active.`);
  for (const company of store.table('company.company').values()) {
    const companyName = String(store.row('party.party', company['party'])?.['rec_name']);
    const busy = (model: string, closed: readonly string[]): boolean =>
      [...store.table(model).values()].some(
        (row) =>
          row['company'] === company.id &&
          (row['party'] === party.id || row['shipment_party'] === party.id) &&
          !closed.includes(String(row['state'])),
      );
    const refuse = (what: string): never => {
      throw new TwinUserError(`You cannot erase party "${name}" while they have pending ${what} with company "${companyName}".`);
    };
    if (busy('account.invoice', ['draft', 'validated', 'paid', 'cancelled'])) refuse('receivable/payable');
    if (busy('account.invoice', ['paid', 'cancelled'])) refuse('invoices');
    if (busy('sale.sale', ['done', 'cancelled'])) refuse('sales');
  }
}

/** The wizard searches with the caller's context: with `active_test` false, archived rows are written once more, and their rules run. */
function erase(store: TrytonStore, partyId: unknown, activeTest: boolean): void {
  const party = store.rows('party.party', [Number(partyId)], 'read')[0];
  if (party === undefined) return;
  const replaced = [...store.table('party.party').values()].filter((row) => row['replaced_by'] === party.id);
  for (const one of [party, ...replaced]) {
    refuseWhenBusy(store, one);
    for (const [model, link, values] of blanked) {
      for (const row of store.table(model).values()) {
        if (row[link] !== one.id) continue;
        if ('active' in row && (row['active'] === true || !activeTest)) store.write(model, row, { active: false });
        store.overwrite(model, row, values);
        store.delete(
          'ir.note',
          [...store.table('ir.note').values()].filter((note) => note['resource'] === `${model},${row.id}`).map(({ id }) => id),
        );
      }
    }
    one['rec_name'] = `[${String(one['code'])}]`;
  }
}

/** The wizard `party.erase`: a session is made, run once, and deleted. */
export class EraseWizard {
  readonly #store: TrytonStore;
  readonly #sessions = new Set<number>();
  #next = 1;

  constructor(store: TrytonStore) {
    this.#store = store;
  }

  create(): readonly unknown[] {
    const session = this.#next++;
    this.#sessions.add(session);
    return [session, 'ask', 'end'];
  }

  execute([session, data, state]: readonly unknown[], activeTest: boolean): object {
    if (!this.#sessions.has(Number(session))) throw new TypeError('wizard session');
    if (state === 'erase') erase(this.#store, (data as { readonly ask?: { readonly party?: number } }).ask?.party, activeTest); // the vendor's form
    return {};
  }

  delete([session]: readonly unknown[]): null {
    this.#sessions.delete(Number(session));
    return null;
  }
}
