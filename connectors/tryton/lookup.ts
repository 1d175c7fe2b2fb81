import { normalisePhone } from '../../domain/record/normalise/phone.ts';
import { normaliseTaxId } from '../../domain/record/normalise/tax-id.ts';
import type { Identifier, RecordRef } from '../kit/contract.ts';
import { marketingRows, partiesByEmail } from './addresses.ts';
import { childrenOf, countryOf, kindOf, partyFields } from './party.ts';
import { readReference, referenceTo } from './reference.ts';
import type { Row, TrytonSession } from './session.ts';
import type { TrytonSettings } from './settings.ts';

const valuesOf = (identifiers: readonly Identifier[], kind: Identifier['kind']): readonly string[] =>
  identifiers.filter((identifier) => identifier.kind === kind).map(({ value }) => value.trim());

const partiesById = (session: TrytonSession, ids: Iterable<number>): Promise<readonly Row[]> =>
  session.all('party.party', [['id', 'in', [...new Set(ids)]]], partyFields);

/** Tryton keeps a number as it was typed: candidates have the same last digits in the same order, equals are equal in E.164. */
async function byPhone(session: TrytonSession, phone: string): Promise<readonly number[]> {
  const wanted = normalisePhone(phone)?.value;
  const digits = phone.replaceAll(/\D/g, '').slice(-8);
  if (wanted === undefined || digits.length < 6) return [];
  const pattern = `%${digits.split('').join('%')}%`;
  const domain = ['OR', ...['value', 'value_compact'].map((field) => [field, 'ilike', pattern])];
  const mechanisms = await session.all('party.contact_mechanism', domain, ['party']);
  const candidates = await partiesById(
    session,
    mechanisms.map(({ party }) => Number(party)),
  );
  const carries = (party: Row): boolean =>
    childrenOf(party, 'contact_mechanisms').some(
      ({ type, value, value_compact }) =>
        ['phone', 'mobile', 'fax'].includes(String(type)) &&
        [value, value_compact].some(
          (text) => normalisePhone(typeof text === 'string' ? text : '', countryOf(party))?.value === wanted,
        ),
    );
  return candidates.filter(carries).map(({ id }) => id);
}

async function byTaxId(session: TrytonSession, taxId: string): Promise<readonly number[]> {
  const wanted = normaliseTaxId(taxId)?.value;
  if (wanted === undefined) return [];
  const rows = await session.all('party.identifier', [['code', 'ilike', `%${wanted.split('').join('%')}%`]], ['code', 'party']);
  return rows.filter(({ code }) => normaliseTaxId(String(code))?.value === wanted).map(({ party }) => Number(party));
}

async function ofExternalIds(
  session: TrytonSession,
  externalIds: readonly string[],
): Promise<{ parties: number[]; subscribers: number[] }> {
  const references = externalIds.flatMap((externalId) => readReference({ externalId }) ?? []);
  const idsOf = (model: string): number[] => references.filter((reference) => reference.model === model).map(({ id }) => id);
  const held = await session.all('marketing.email', [['id', 'in', idsOf('marketing.email')]], ['email']);
  return { parties: idsOf('party.party'), subscribers: held.map(({ id }) => id) };
}

/**
 * Every party that carries one of these identifiers, and every mailing-list address that is the record of nobody else: its party is
 * unknown, or there are several. Exact after normalising; a telephone number without prefix is read in the country of its party.
 */
export async function lookup(
  session: TrytonSession,
  settings: TrytonSettings,
  identifiers: readonly Identifier[],
): Promise<readonly RecordRef[]> {
  const emails = [...new Set(valuesOf(identifiers, 'email').map((email) => email.toLowerCase()))];
  const byEmail = await partiesByEmail(session, emails);
  const named = await ofExternalIds(session, valuesOf(identifiers, 'external-id'));
  const ids = [...named.parties, ...[...byEmail.values()].flat()];
  for (const phone of valuesOf(identifiers, 'phone')) ids.push(...(await byPhone(session, phone)));
  for (const taxId of valuesOf(identifiers, 'tax-id')) ids.push(...(await byTaxId(session, taxId)));
  const parties = ids.length === 0 ? [] : await partiesById(session, ids);
  const listed = await marketingRows(session, emails);
  const alone = listed.filter(({ email }) => byEmail.get(String(email).toLowerCase())?.length !== 1).map(({ id }) => id);
  return [
    ...parties.map((party) => ({ kind: kindOf(party, settings), externalId: referenceTo('party.party', party.id) })),
    ...[...new Set([...named.subscribers, ...alone])].map(
      (id) => ({ kind: 'person', externalId: referenceTo('marketing.email', id) }) as const,
    ),
  ];
}
