import { FichaError } from '../../domain/record/error.ts';
import type { Cursor, PullPage } from '../kit/contract.ts';
import { draftOfSubscriber, draftsOfConsent, marketingFields } from './marketing.ts';
import { EmailOwners } from './owners.ts';
import { draftOfParty, isErased, partyFields } from './party.ts';
import { referenceTo } from './reference.ts';
import { draftOfSale, invoiceFields, saleFields } from './sale.ts';
import type { Domain, Row, TrytonSession } from './session.ts';
import type { TrytonSettings } from './settings.ts';
import { datetimeOf, isoOf } from './wire.ts';

type Drafts = Pick<PullPage, 'records' | 'rejected' | 'deleted'>;

/** One model of a stream. `touchedBy` are the fields whose rows move without moving the row that holds them. */
interface Phase {
  readonly model: string;
  readonly fields: readonly string[];
  readonly size: number;
  readonly where: Domain;
  readonly touchedBy: readonly (readonly [path: string, model: string])[];
  drafts(rows: readonly Row[]): Drafts;
}

export const streams = ['parties', 'sales', 'consents'] as const;

const none: Drafts = { records: [], rejected: [], deleted: [] };
const lookBackMs = 5 * 60_000; // a transaction that was open while we read is stamped with its start

/** Where a run stands: at an id of one phase. `until` is the newest stamp that was there when the run began. */
interface Place {
  readonly since: string | null;
  readonly until: string | null;
  readonly phase: number;
  readonly after: number;
}

/** Erased parties are gone at the source; the company's own party is no client of it. */
const partyDrafts = (rows: readonly Row[], settings: TrytonSettings): Drafts => ({
  ...none,
  records: rows.filter((row) => !isErased(row)).map((row) => draftOfParty(row, settings)),
  deleted: rows.filter(isErased).flatMap(({ id }) => {
    const externalId = referenceTo('party.party', id);
    return [{ kind: 'person', externalId } as const, { kind: 'company', externalId } as const];
  }),
});

const saleDrafts = (model: 'sale.sale' | 'account.invoice', rows: readonly Row[]): Drafts => {
  const drafts = rows.map((row) => draftOfSale(model, row));
  return {
    ...none,
    records: drafts.filter((draft) => 'kind' in draft),
    rejected: drafts.filter((draft) => 'reasonCode' in draft),
  };
};

async function phasesOf(stream: string, session: TrytonSession, settings: TrytonSettings): Promise<readonly Phase[]> {
  const sales: Phase = {
    model: 'sale.sale',
    fields: saleFields,
    size: 1000,
    where: [],
    touchedBy: [['lines.', 'sale.line']],
    drafts: (rows) => saleDrafts('sale.sale', rows),
  };
  if (stream === 'sales') {
    const invoices: Phase = {
      ...sales,
      model: 'account.invoice',
      fields: invoiceFields,
      where: [['type', '=', 'out']],
      touchedBy: [['lines.', 'account.invoice.line']],
      drafts: (rows) => saleDrafts('account.invoice', rows),
    };
    return [sales, invoices];
  }
  const owners = await EmailOwners.load(session);
  const marketing: Phase = { ...sales, model: 'marketing.email', fields: marketingFields, touchedBy: [], drafts: () => none };
  if (stream === 'consents') {
    return [
      { ...marketing, drafts: (rows) => ({ ...none, records: rows.flatMap((row) => draftsOfConsent(row, owners, settings)) }) },
    ];
  }
  const ours = await session.all('company.company', [], ['party']);
  const parties: Phase = {
    model: 'party.party',
    fields: partyFields,
    size: 500,
    where: [['id', 'not in', ours.map(({ party }) => party)]],
    touchedBy: [
      ['contact_mechanisms.', 'party.contact_mechanism'],
      ['addresses.', 'party.address'],
      ['identifiers.', 'party.identifier'],
      ['relations.', 'party.relation.all'],
    ],
    drafts: (rows) => partyDrafts(rows, settings),
  };
  const alone = (row: Row): boolean => owners.of(row.email).length !== 1;
  return [parties, { ...marketing, drafts: (rows) => ({ ...none, records: rows.filter(alone).map(draftOfSubscriber) }) }];
}

/** The newest stamp in the models of a stream, by the server's own clock. */
async function newestStamp(session: TrytonSession, phases: readonly Phase[]): Promise<string | null> {
  const models = phases.flatMap(({ model, touchedBy }) => [model, ...touchedBy.map(([, child]) => child)]);
  const stamps: string[] = [];
  for (const model of models) {
    for (const field of ['write_date', 'create_date']) {
      const search = { domain: [[field, '!=', null]], fields: [field], order: [[field, 'DESC']] as const, limit: 1 };
      const [row] = await session.search(model, search).catch(absentModel);
      const stamp = isoOf(row?.[field]);
      if (stamp !== undefined) stamps.push(stamp);
    }
  }
  return stamps.sort().at(-1) ?? null;
}

/** A model whose module is not activated holds nothing; `check` says so. */
function absentModel(cause: unknown): readonly Row[] {
  if (cause instanceof FichaError && cause.code === 'unknown-name') return [];
  throw cause;
}

/** `write_date` is null until the first write, so that "since" must also ask for `create_date`, here and in the children. */
function changedSince(phase: Phase, since: string | null): Domain {
  if (since === null) return [];
  const from = datetimeOf(new Date(Date.parse(since) - lookBackMs).toISOString());
  const paths = ['', ...phase.touchedBy.map(([path]) => path)];
  return ['OR', ...paths.flatMap((path) => ['write_date', 'create_date'].map((field) => [`${path}${field}`, '>=', from]))];
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/**
 * One stream from a cursor, by ascending id: an id never moves, so that no row is lost or doubled while others are written. Nothing says
 * that a record was deleted: a run from the start lists the whole stream. Consents are always listed whole, because a party that gets
 * an address gets what was said of it without any change of the marketing row.
 */
export async function* pull(
  session: TrytonSession,
  settings: TrytonSettings,
  stream: string,
  cursor: Cursor | null,
): AsyncGenerator<PullPage> {
  const phases = await phasesOf(stream, session, settings);
  const since = stream === 'consents' ? null : textOrNull(cursor?.since);
  const running = typeof cursor?.phase === 'number';
  const until = running ? textOrNull(cursor.until) : await newestStamp(session, phases);
  let place: Place = { since, until, phase: running ? Number(cursor.phase) : 0, after: Number(cursor?.after ?? 0) };
  for (;;) {
    const phase = phases[place.phase];
    if (phase === undefined) return;
    const domain = [['id', '>', place.after], phase.where, changedSince(phase, since)].filter((part) => part.length > 0);
    const rows = await session.search(phase.model, { domain, fields: phase.fields, limit: phase.size }).catch(absentModel);
    const ended = rows.length < phase.size;
    place = ended ? { ...place, phase: place.phase + 1, after: 0 } : { ...place, after: rows.at(-1)?.id ?? place.after };
    const last = ended && place.phase === phases.length;
    const after: Cursor = last ? { version: 1, since: until } : { version: 1, ...place };
    yield { ...phase.drafts(rows), cursor: after, last, ...(last && since === null ? { complete: true } : {}) };
  }
}
