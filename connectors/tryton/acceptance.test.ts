import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import { decimal } from '../../test/twins/tryton/wire.ts';
import { startTrytonTwin } from '../../test/twins/tryton.ts';

/** A person in the ERP: the party, its address and its row of the mailing list. */
interface Added {
  readonly party: number;
  readonly email: string;
  readonly row: number;
}

describeConnector('tryton', async () => {
  const twin = await startTrytonTwin();
  const { ledger, state } = twin;
  const added = new Map<string, Added>();
  /** What an employee does in the ERP is none of the connector's. */
  const call: typeof twin.hand = async (method, ...params) => {
    const before = ledger.length;
    const result = await twin.hand(method, ...params);
    (ledger as unknown[]).length = before; // the twin's own, read-only to judges
    return result as never; // the caller names it
  };
  const [list] = await call<number[]>('model.marketing.email.list.create', [{ name: 'Novedades' }]);
  const known = (id: string): Added => {
    const found = added.get(id);
    if (found === undefined) throw new Error('no such party');
    return found;
  };
  const partyRow = (id: string) => state.tables.get('party.party')?.get(known(id).party);
  const rowOf = (id: string) => state.tables.get('marketing.email')?.get(known(id).row);
  return {
    twin,
    config: { url: twin.url, database: twin.database, user: twin.user },
    secrets: { password: twin.password },
    stream: 'parties',
    consentStream: 'consents',
    pageSize: 500,
    absentId: 'party.party,999999',
    addPerson: async ({ givenName, familyName, email }) => {
      const mechanisms = [['create', [{ type: 'email', value: email }]]];
      const name = `${givenName} ${familyName}`;
      const [party = 0] = await call<number[]>('model.party.party.create', [{ name, contact_mechanisms: mechanisms }]);
      const [row = 0] = await call<number[]>('model.marketing.email.create', [{ email, list_: list }]);
      const id = `party.party,${party}`;
      added.set(id, { party, email, row });
      return id;
    },
    changePerson: (id, { givenName }) => call('model.party.party.write', [known(id).party], { name: givenName }),
    removePerson: async (id) => {
      await call('model.marketing.email.delete', [known(id).row]);
      await call('model.party.party.delete', [known(id).party]);
    },
    mergePeople: (winner, loser) =>
      call('model.party.party.write', [known(loser).party], { active: false, replaced_by: known(winner).party }),
    holds: (id) => twin.dump().includes(known(id).email) || (partyRow(id)?.['name'] ?? null) !== null,
    retypeField: (id) => void Object.assign(partyRow(id) ?? {}, { name: { text: 'canary' } }),
    isOptedOut: (id) => rowOf(id)?.['active'] === false,
    optOut: (id) => call('model.marketing.email.write', [known(id).row], { active: false }),
    refuseSilently: () =>
      twin.fault({ body: /marketing\.email\.write/, kind: 'answer', answer: { status: 200, body: { id: 0, result: null } } }),
    addKept: async (id) => {
      const line = { type: 'line', quantity: 1, unit_price: decimal('5.00'), description: 'Mesa' };
      const [sale = 0] = await call<number[]>('model.sale.sale.create', [
        { party: known(id).party, lines: [['create', [line]]] },
      ]);
      return { kind: 'sale', externalId: `sale.sale,${sale}` };
    },
    writes: { body: /"method":"(?:model\.[a-z_.]+\.(?:write|create|delete)|wizard\.)/ },
    tooMany: { withHeader: { status: 429, headers: { 'retry-after': '1' } }, bare: { status: 429 } },
  };
});
