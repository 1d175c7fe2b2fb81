import type { PullPage } from '../kit/contract.ts';
import { draftOfSubscriber, draftsOfConsent, marketingFields } from './marketing.ts';
import { EmailOwners } from './owners.ts';
import { draftOfParty, isErased, partyFields } from './party.ts';
import { referenceTo } from './reference.ts';
import { retypedField } from './retyped.ts';
import { draftOfSale, invoiceFields, saleFields } from './sale.ts';
import type { Domain, Row, TrytonSession } from './session.ts';
import type { TrytonSettings } from './settings.ts';

type Drafts = Pick<PullPage, 'records' | 'rejected' | 'deleted'>;

/** One model of a stream. `touchedBy` are the fields whose rows move without moving the row that holds them. */
export interface Phase {
  readonly model: string;
  readonly fields: readonly string[];
  readonly size: number;
  readonly where: Domain;
  readonly touchedBy: readonly (readonly [path: string, model: string])[];
  drafts(rows: readonly Row[]): Drafts | Promise<Drafts>;
}

const none: Drafts = { records: [], rejected: [], deleted: [] };

/** An erased party, or one that the wizard "Replace Party" merged into another, is gone at the source, whatever it was. */
const isGone = (row: Row): boolean => isErased(row) || typeof row['replaced_by'] === 'number';

function partyDrafts(rows: readonly Row[], settings: TrytonSettings): Drafts {
  const broken = rows.map((row) => ({ row, field: retypedField(row) })).filter(({ field }) => field !== undefined);
  const readable = rows.filter((row) => retypedField(row) === undefined);
  return {
    records: readable.filter((row) => !isGone(row)).map((row) => draftOfParty(row, settings)),
    rejected: broken.map(({ row, field }) => ({
      externalId: referenceTo('party.party', row.id),
      reasonCode: 'field-retyped',
      reason: `party.party ${field}: it is not of the type that Tryton 7.0 gives it`,
      raw: row,
    })),
    deleted: readable.filter(isGone).flatMap(({ id }) => {
      const externalId = referenceTo('party.party', id);
      return [{ kind: 'person', externalId } as const, { kind: 'company', externalId } as const];
    }),
  };
}

/** Every party but the ERP's own companies, which are no clients of themselves. */
async function partyPhase(session: TrytonSession, settings: TrytonSettings): Promise<Phase> {
  const ours = (await session.has('company.company')) ? await session.all('company.company', [], ['party']) : [];
  const related = await session.has('party.relation.all');
  return {
    model: 'party.party',
    fields: partyFields.filter((field) => related || !field.startsWith('relations.')),
    size: 500,
    where: [['id', 'not in', ours.map(({ party }) => party)]],
    touchedBy: [
      ['contact_mechanisms.', 'party.contact_mechanism'],
      ['addresses.', 'party.address'],
      ['identifiers.', 'party.identifier'],
      ...(related ? ([['relations.', 'party.relation.all']] as const) : []),
    ],
    drafts: (rows) => partyDrafts(rows, settings),
  };
}

const salePhase = (model: 'sale.sale' | 'account.invoice'): Phase => ({
  model,
  fields: model === 'sale.sale' ? saleFields : invoiceFields,
  size: 1000,
  where: model === 'sale.sale' ? [] : [['type', '=', 'out']],
  touchedBy: [['lines.', model === 'sale.sale' ? 'sale.line' : 'account.invoice.line']],
  drafts: (rows) => {
    const drafts = rows.map((row) => draftOfSale(model, row));
    return {
      ...none,
      records: drafts.filter((draft) => 'kind' in draft),
      rejected: drafts.filter((draft) => 'reasonCode' in draft),
    };
  },
});

const marketingPhase = (drafts: Phase['drafts']): Phase => ({
  model: 'marketing.email',
  fields: marketingFields,
  size: 1000,
  where: [],
  touchedBy: [],
  drafts,
});

/**
 * The models that make up a stream, those of modules that are not activated left out (`check` names them). Mailing-list addresses that
 * are no party's or several parties' come with the parties, as people of their own.
 */
export async function phasesOf(stream: string, session: TrytonSession, settings: TrytonSettings): Promise<readonly Phase[]> {
  let loading: Promise<EmailOwners> | undefined;
  const owners = (): Promise<EmailOwners> => (loading ??= EmailOwners.load(session)); // when the first row asks
  const subscribers = marketingPhase(async (rows) => {
    const known = rows.length === 0 ? undefined : await owners();
    return { ...none, records: rows.filter(({ email }) => known?.of(email).length !== 1).map(draftOfSubscriber) };
  });
  const consents = marketingPhase(async (rows) => {
    const known = rows.length === 0 ? undefined : await owners();
    return { ...none, records: known === undefined ? [] : rows.flatMap((row) => draftsOfConsent(row, known, settings)) };
  });
  const phases: Readonly<Record<string, readonly Phase[]>> = {
    parties: stream === 'parties' ? [await partyPhase(session, settings), subscribers] : [],
    sales: [salePhase('sale.sale'), salePhase('account.invoice')],
    consents: [consents],
  };
  const there: Phase[] = [];
  for (const phase of phases[stream] ?? []) if (await session.has(phase.model)) there.push(phase);
  return there;
}
