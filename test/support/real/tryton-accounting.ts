import { decimal, plainDate, type TrytonCall } from '../../twins/tryton/wire.ts';

interface AccountRow {
  readonly id: number;
  readonly 'type.': Readonly<Record<string, unknown>> | null;
}

/** The company, its currency and the countries of the sample. */
async function makeCompany(call: TrytonCall): Promise<number> {
  const rates = [['create', [{ date: plainDate('2020-01-01'), rate: decimal('1') }]]];
  const euro = { name: 'Euro', code: 'EUR', symbol: '€', rounding: decimal('0.01'), digits: 2, rates };
  const [currency] = await call<number[]>('model.currency.currency.create', [euro]);
  const countries = { ES: 'Spain', FR: 'France', IT: 'Italy' };
  const named = Object.entries(countries).map(([code, name]) => ({ code, name }));
  await call('model.country.country.create', named);
  const [party] = await call<number[]>('model.party.party.create', [{ name: 'Comercial Ficha SA' }]);
  const [company] = await call<number[]>('model.company.company.create', [{ party, currency }]);
  await call('model.res.user.write', [1], { companies: [['add', [company]]], company });
  return company ?? 0;
}

/** The vendor's minimal chart of accounts, by its own wizard. */
async function makeChart(call: TrytonCall, company: number): Promise<void> {
  const dataDomain = [
    ['module', '=', 'account'],
    ['fs_id', '=', 'account_template_root_en'],
  ]; // prettier rows help nobody here
  const [template] = await call<{ db_id: number }[]>('model.ir.model.data.search_read', dataDomain, 0, 1, null, ['db_id']);
  const [session] = await call<[string]>('wizard.account.create_chart.create');
  const account = { account_template: template?.db_id, company };
  await call('wizard.account.create_chart.execute', session, { account }, 'create_account');
  const kinds = ['receivable', 'payable', 'revenue', 'expense'];
  const fields = kinds.map((kind) => `type.${kind}`);
  const accounts = await call<AccountRow[]>(
    'model.account.account.search_read',
    [['company', '=', company]],
    0,
    null,
    null,
    fields,
  );
  const [receivable, payable, revenue, expense] = kinds.map((kind) => accounts.find((row) => row['type.']?.[kind])?.id);
  const properties = { company, account_receivable: receivable, account_payable: payable };
  await call('wizard.account.create_chart.execute', session, { account, properties }, 'create_properties');
  await call('wizard.account.create_chart.delete', session);
  const byDefault = { default_category_account_revenue: revenue, default_category_account_expense: expense };
  await call('model.account.configuration.write', [1], byDefault);
}

/** One long fiscal year with its periods, so that invoices of any sample date can be posted. */
async function makeFiscalYear(call: TrytonCall, company: number): Promise<void> {
  const sequence = async (model: string, type: string): Promise<number | undefined> => {
    const [kind] = await call<{ id: number }[]>('model.ir.sequence.type.search_read', [['name', '=', type]], 0, 1, null, [
      'name',
    ]);
    const [made] = await call<number[]>(`model.${model}.create`, [{ name: type, sequence_type: kind?.id, company }]);
    return made;
  };
  const moves = await sequence('ir.sequence', 'Account Move');
  const invoices = await sequence('ir.sequence.strict', 'Invoice');
  const kinds = ['out_invoice', 'in_invoice', 'out_credit_note', 'in_credit_note'];
  const numbered = { company, ...Object.fromEntries(kinds.map((kind) => [`${kind}_sequence`, invoices])) };
  const span = { start_date: plainDate('2024-01-01'), end_date: plainDate('2028-12-31') };
  const year = { name: 'years', company, ...span, post_move_sequence: moves, invoice_sequences: [['create', [numbered]]] };
  const made = await call<number[]>('model.account.fiscalyear.create', [year]);
  await call('model.account.fiscalyear.create_period', made);
}

/** Gives an empty Tryton one company that can sell and invoice: about 1 s. */
export async function setUpAccounting(call: TrytonCall): Promise<void> {
  const company = await makeCompany(call);
  await makeChart(call, company);
  await makeFiscalYear(call, company);
}
