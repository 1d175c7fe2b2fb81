import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectorOf } from '../../connectors/kit/connector.ts';
import type { Cursor, LinkedSystem, PullPage } from '../../connectors/kit/contract.ts';
import { readManifest } from '../../connectors/kit/manifest.ts';
import { hooks } from '../../connectors/tryton/hooks.ts';
import { startTrytonTwin } from '../twins/tryton.ts';
import { type RealSystem, RealSystemUnavailable } from './real/real-system.ts';
import { startTryton } from './real/tryton.ts';
import { decimal, plainDate, type TrytonCall } from '../twins/tryton/wire.ts';
import { trytonClient } from './real/tryton-client.ts';

/** A Tryton to run the same cases on: the twin or the real one, with a person's hand on it. */
export interface TrytonServer extends RealSystem {
  readonly database: string;
  readonly call: TrytonCall;
}

const twin = async (): Promise<TrytonServer> => {
  const started = await startTrytonTwin();
  return { ...started, call: await trytonClient(started) };
};

async function real(): Promise<TrytonServer> {
  const dir = await mkdtemp(join(tmpdir(), 'ficha-tryton-'));
  const started = await startTryton({ dir });
  const stop = (): Promise<void> => started.stop().then(() => rm(dir, { recursive: true }));
  return { ...started, stop, call: await trytonClient(started) };
}

/** The twin, and the real server where it can be installed; where not, the output says why. CI leaves out none. */
export async function trytonServers(): Promise<readonly (readonly [string, TrytonServer])[]> {
  const servers: (readonly [string, TrytonServer])[] = [['twin', await twin()]];
  try {
    servers.push(['real Tryton 7.0', await real()]);
  } catch (cause) {
    if (!(cause instanceof RealSystemUnavailable) || process.env['CI'] !== undefined) throw cause;
    process.stderr.write(`${cause.message}\n`);
  }
  return servers;
}

const manifestPath = join(import.meta.dirname, '../../connectors/tryton/manifest.yaml');

/** The connector on this server, as the worker opens it. */
export const openOn = (server: TrytonServer, config: object = {}, secret = server.password): LinkedSystem =>
  connectorOf(readManifest(manifestPath, 'connectors/tryton/manifest.yaml'), hooks).open({
    systemId: 'erp',
    config: { url: server.url, database: server.database, user: server.user, ...config },
    secret: () => secret,
    signal: new AbortController().signal,
    now: () => new Date(),
  });

/** All pages of one stream as one. */
export async function pullAll(system: LinkedSystem, stream: string, cursor: Cursor | null = null): Promise<PullPage> {
  const pages: PullPage[] = [];
  for await (const page of system.pull(stream, cursor)) pages.push(page);
  const [last] = pages.slice(-1);
  if (last === undefined) throw new Error('a pull without a page');
  return {
    ...last,
    records: pages.flatMap(({ records }) => records),
    rejected: pages.flatMap(({ rejected }) => rejected),
    deleted: pages.flatMap(({ deleted }) => deleted),
  };
}

export interface PartyToAdd {
  readonly name: string;
  readonly emails?: readonly string[];
  readonly phones?: readonly string[];
  readonly taxId?: string;
  readonly street?: string;
  readonly category?: 'Person' | 'Company';
}

/** A party as an employee types it in; gives its id. */
export async function addParty(call: TrytonCall, { name, emails = [], phones = [], taxId, street, category }: PartyToAdd) {
  const [spain] = await call<{ id: number }[]>('model.country.country.search_read', [['code', '=', 'ES']], 0, 1, null, ['code']);
  const asked = ['name', '=', category ?? null];
  const known = await call<{ id: number }[]>('model.party.category.search_read', [asked], 0, 1, null, ['name']);
  const made =
    category === undefined || known.length > 0 ? [] : await call<number[]>('model.party.category.create', [{ name: category }]);
  const categories = [...known.map(({ id }) => id), ...made];
  const mechanisms = [...emails.map((value) => ({ type: 'email', value })), ...phones.map((value) => ({ type: 'phone', value }))];
  const row = {
    name,
    contact_mechanisms: [['create', mechanisms]],
    addresses: [['create', [{ street: street ?? null, city: 'Madrid', postal_code: '28001', country: spain?.id }]]],
    identifiers: [['create', taxId === undefined ? [] : [{ type: 'es_vat', code: taxId }]]],
    ...(categories.length > 0 ? { categories: [['add', categories]] } : {}),
  };
  const [id = 0] = await call<number[]>('model.party.party.create', [row]);
  return id;
}

const idsOf = async (call: TrytonCall, model: string, domain: unknown): Promise<number[]> =>
  (await call<{ id: number }[]>(`model.${model}.search_read`, domain, 0, null, null, ['id'])).map(({ id }) => id);

async function headOf(call: TrytonCall, party: number): Promise<object> {
  const [company] = await call<{ id: number; currency: number }[]>('model.company.company.search_read', [], 0, 1, null, [
    'currency',
  ]);
  const [address] = await idsOf(call, 'party.address', [['party', '=', party]]);
  return { party, company: company?.id, currency: company?.currency, invoice_address: address };
}

/** A sale of one line, still a draft; gives its id. */
export async function addSale(call: TrytonCall, party: number, price: string): Promise<number> {
  const head = await headOf(call, party);
  const line = { type: 'line', quantity: 2, unit_price: decimal(price), description: 'Mesa de roble' };
  const shipment = { shipment_address: 'invoice_address' in head ? head.invoice_address : null };
  const sale = { ...head, ...shipment, sale_date: plainDate('2026-03-14'), lines: [['create', [line]]] };
  const [id = 0] = await call<number[]>('model.sale.sale.create', [sale]);
  return id;
}

/** An invoice of one line to a customer, posted unless it is to stay a draft; gives its id. */
export async function addInvoice(call: TrytonCall, party: number, price: string, posted = true): Promise<number> {
  const [receivable] = await idsOf(call, 'account.account', [['name', '=', 'Main Receivable']]);
  const [revenue] = await idsOf(call, 'account.account', [['name', '=', 'Main Revenue']]);
  const [journal] = await idsOf(call, 'account.journal', [['type', '=', 'revenue']]);
  const line = { type: 'line', quantity: 1, unit_price: decimal(price), description: 'Mesa de roble', account: revenue };
  const head = {
    ...(await headOf(call, party)),
    type: 'out',
    account: receivable,
    journal,
    invoice_date: plainDate('2026-03-20'),
  };
  const [id = 0] = await call<number[]>('model.account.invoice.create', [{ ...head, lines: [['create', [line]]] }]);
  if (posted) await call('model.account.invoice.post', [id]);
  return id;
}

/** Puts an address on a mailing list that is made when it is new; gives the id of the row. */
export async function addToList(call: TrytonCall, email: string, list = 'Novedades', active = true): Promise<number> {
  const [english] = await idsOf(call, 'ir.lang', [['code', '=', 'en']]);
  const known = await idsOf(call, 'marketing.email.list', [['name', '=', list]]);
  const [listId] =
    known.length > 0 ? known : await call<number[]>('model.marketing.email.list.create', [{ name: list, language: english }]);
  const [id = 0] = await call<number[]>('model.marketing.email.create', [{ email, list_: listId, active }]);
  return id;
}
