import type { RecordRef, Residue, VerifyResult } from '../kit/contract.ts';
import { emailsOf, marketingRows, mechanismsOf } from './addresses.ts';
import { readReference } from './reference.ts';
import type { Domain, TrytonSession } from './session.ts';

/** Where a party's data lies, and which rows of it still say something. The vendor's erase wizard forgets the third and the fifth. */
const places = (id: number): readonly (readonly [where: string, model: string, domain: Domain])[] => {
  const ofParty = ['party', '=', id];
  const filled = (field: string): Domain => [
    [field, '!=', null],
    [field, '!=', ''],
  ];
  const about = [['resource', '=', `party.party,${id}`]];
  return [
    ['party.party.name', 'party.party', [['id', '=', id], ...filled('name')]],
    ['party.contact_mechanism.value', 'party.contact_mechanism', [ofParty, ...filled('value')]],
    ['party.contact_mechanism.value_compact', 'party.contact_mechanism', [ofParty, ...filled('value_compact')]],
    ['party.contact_mechanism.comment', 'party.contact_mechanism', [ofParty, ['OR', filled('name'), filled('comment')]]],
    ['party.address.party_name', 'party.address', [ofParty, ...filled('party_name')]],
    [
      'party.address',
      'party.address',
      [ofParty, ['OR', filled('name'), filled('street'), filled('city'), filled('postal_code')]],
    ],
    ['party.identifier', 'party.identifier', [ofParty, ['code', '!=', '****'], ...filled('code')]],
    ['web.user.email', 'web.user', [ofParty, ...filled('email')]],
    ['ir.note', 'ir.note', about],
    ['ir.attachment', 'ir.attachment', about],
  ];
};

/** How many rows a model has; none when its module is not activated. */
const countIn = async (session: TrytonSession, model: string, domain: Domain): Promise<number> =>
  (await session.has(model)) ? session.count(model, domain) : 0;

async function verifyParty(session: TrytonSession, id: number): Promise<VerifyResult> {
  const residue: Residue[] = [];
  let count = 0;
  for (const [where, model, domain] of places(id)) {
    const held = await countIn(session, model, domain);
    if (held > 0) residue.push({ where, due: null });
    count += held;
  }
  const listed = await marketingRows(session, emailsOf(await mechanismsOf(session, id)));
  if (listed.length > 0) residue.push({ where: 'marketing.email', due: null });
  count += listed.length;
  return { result: count === 0 ? 'gone' : 'present', residue, count };
}

/**
 * What Tryton still holds of a record, counted model by model and not through the party that the erasure wrote. A party's row stays with
 * its number, which sales and invoices refer to; what counts is whether anything in it or beside it still says who it was.
 */
export async function verify(session: TrytonSession, ref: RecordRef): Promise<VerifyResult> {
  const reference = readReference(ref);
  if (reference === undefined) return { result: 'unknowable', residue: [], count: 0 };
  const { model, id } = reference;
  if (model === 'party.party') return verifyParty(session, id);
  const count = await countIn(session, model, [['id', '=', id]]);
  return count === 0
    ? { result: 'gone', residue: [], count }
    : { result: 'present', residue: [{ where: model, due: null }], count };
}
