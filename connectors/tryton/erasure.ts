import type { EraseResult, RecordRef, WriteOptions } from '../kit/contract.ts';
import { emailsOf, marketingRows, mechanismsOf, sharedEmails } from './addresses.ts';
import { isActive } from './party.ts';
import { readReference } from './reference.ts';
import { TrytonRefusal, type TrytonSession } from './session.ts';
import { verify } from './verify.ts';

/** Places that the vendor's wizard leaves as they are (seen in trytond_party 7.0.8 and trytond_marketing_email 7.0.3). */
const forgottenByWizard: ReadonlySet<string> = new Set([
  'party.contact_mechanism.value_compact',
  'party.address.party_name',
  'marketing.email',
]);

const done: EraseResult = { result: 'done', residue: [] };

/** Runs the vendor's wizard on an inactive party. Its session is deleted whatever the outcome. */
async function runWizard(session: TrytonSession, partyId: number): Promise<void> {
  const [wizard] = (await session.call('wizard.party.erase.create')) as readonly unknown[]; // [session, first state, last state]
  try {
    await session.call('wizard.party.erase.execute', wizard, { ask: { party: partyId } }, 'erase');
  } finally {
    await session.call('wizard.party.erase.delete', wizard);
  }
}

/** Removes the mailing-list rows of a party's addresses. One that another party uses too is that party's, as its own copy of it is. */
async function dropMarketing(session: TrytonSession, partyId: number): Promise<void> {
  const emails = emailsOf(await mechanismsOf(session, partyId));
  const rows = await marketingRows(session, emails);
  if (rows.length === 0) return;
  const shared = await sharedEmails(session, emails, partyId);
  const own = rows.filter(({ email }) => !shared.has(String(email).toLowerCase()));
  if (own.length > 0)
    await session.call(
      'model.marketing.email.delete',
      own.map(({ id }) => id),
    );
}

/** Blanks the copies that the wizard forgets. */
async function blankCopies(session: TrytonSession, partyId: number): Promise<void> {
  const compact = (await mechanismsOf(session, partyId)).filter(({ value_compact }) => value_compact !== null);
  const ids = compact.map(({ id }) => id);
  if (ids.length > 0) await session.call('model.party.contact_mechanism.write', ids, { value_compact: null });
  const domain = [
    ['party', '=', partyId],
    ['party_name', '!=', null],
  ];
  const addresses = await session.all('party.address', domain, ['party_name']);
  if (addresses.length > 0)
    await session.call(
      'model.party.address.write',
      addresses.map(({ id }) => id),
      { party_name: null },
    );
}

/** Deactivates the party and runs the wizard; gives the code of a refusal, after which the party is as active as it was. */
async function eraseByWizard(session: TrytonSession, id: number, wasActive: boolean): Promise<string | undefined> {
  if (wasActive) await session.call('model.party.party.write', [id], { active: false });
  try {
    await runWizard(session, id);
    return undefined;
  } catch (cause) {
    if (!(cause instanceof TrytonRefusal)) throw cause;
    if (wasActive) await session.call('model.party.party.write', [id], { active: true });
    return cause.code;
  }
}

/**
 * The order makes a kill harmless: once the wizard has run, an address is only in `value_compact`, and only by it are its mailing-list
 * rows found. They go first then: a second run of the wizard would blank `value_compact` too.
 */
async function eraseParty(session: TrytonSession, ref: RecordRef, id: number, dryRun: boolean): Promise<EraseResult> {
  const [party] = await session.search('party.party', { domain: [['id', '=', id]], fields: ['active', 'name'] });
  if (party === undefined) return done;
  const before = await verify(session, ref);
  if (before.result === 'gone') return done;
  if (dryRun) return { result: 'would-erase', residue: [] };
  if (!before.residue.some(({ where }) => where === 'party.party.name')) await dropMarketing(session, id);
  if (before.residue.some(({ where }) => !forgottenByWizard.has(where))) {
    const refusal = await eraseByWizard(session, id, isActive(party));
    if (refusal !== undefined) return { result: 'refused', code: refusal, residue: [] };
  }
  await dropMarketing(session, id);
  await blankCopies(session, id);
  const { residue } = await verify(session, ref);
  return { result: residue.length === 0 ? 'done' : 'partial', residue };
}

async function eraseSubscriber(session: TrytonSession, ref: RecordRef, id: number, dryRun: boolean): Promise<EraseResult> {
  if ((await verify(session, ref)).result === 'gone') return done;
  if (ref.externalId.includes('/')) return { result: 'refused', code: 'shared-address', residue: [] };
  if (dryRun) return { result: 'would-erase', residue: [] };
  await session.call('model.marketing.email.delete', [id]);
  const left = await verify(session, ref);
  return left.result === 'gone' ? done : { result: 'partial', residue: left.residue };
}

/**
 * Erases a party by the vendor's own wizard and then what that wizard leaves behind. Sales and invoices are kept by law and stay, with
 * the number of a party that nobody can read a name from.
 */
export async function erase(session: TrytonSession, ref: RecordRef, { dryRun = false }: WriteOptions): Promise<EraseResult> {
  const reference = readReference(ref);
  if (reference === undefined) return { result: 'refused', code: 'unknown-reference', residue: [] };
  const { model, id } = reference;
  if (model === 'party.party') return eraseParty(session, ref, id, dryRun);
  if (model === 'marketing.email') return eraseSubscriber(session, ref, id, dryRun);
  return { result: 'refused', code: 'unknown-reference', residue: [] };
}
