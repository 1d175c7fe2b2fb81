import type { EraseResult, ExportedRecord, Identifier, RecordRef, Residue, VerifyResult, WriteOptions } from '../kit/contract.ts';
import { type AddressEntry, type MailmanApi, userIdOf } from './api.ts';
import type { MailmanSettings } from './settings.ts';

const kept = (where: string): Residue => ({ where, due: null });

/** Where an address is banned: all lists (undefined), or one of the followed ones. */
async function bansOf(api: MailmanApi, settings: MailmanSettings, email: string): Promise<readonly (string | undefined)[]> {
  const places: (string | undefined)[] = [];
  for (const listId of [undefined, ...settings.lists.map(({ id }) => id)]) {
    if ((await api.bans(listId)).has(email)) places.push(listId);
  }
  return places;
}

const nameOf = (listId: string | undefined): string =>
  listId === undefined ? 'bans of all lists' : `bans of the list ${listId}`;

/** The address, found without naming it in a request's address: by its membership, else by reading all addresses. */
async function find(api: MailmanApi, email: string): Promise<AddressEntry | undefined> {
  const userId = (await api.membershipsOf(email)).map(userIdOf).find((id) => id !== undefined);
  const known = userId === undefined ? undefined : (await api.addressesOf(userId)).find((address) => address.email === email);
  return known ?? (await api.addresses()).get(email);
}

/** Every address that is one of these, or belongs to the same Mailman user as one of these; addresses that are only banned too. */
export async function lookup(
  api: MailmanApi,
  settings: MailmanSettings,
  identifiers: readonly Identifier[],
): Promise<readonly RecordRef[]> {
  const wanted = new Set(
    identifiers.filter(({ kind }) => kind === 'email' || kind === 'external-id').map(({ value }) => value.trim().toLowerCase()),
  );
  if (wanted.size === 0) return [];
  const addresses = [...(await api.addresses()).values()];
  const users = new Set(addresses.filter(({ email }) => wanted.has(email)).map(userIdOf));
  users.delete(undefined);
  const found = addresses
    .filter((address) => wanted.has(address.email) || users.has(userIdOf(address)))
    .map(({ email }) => email);
  for (const email of wanted) if ((await bansOf(api, settings, email)).length > 0) found.push(email);
  return [...new Set(found)].sort().map((externalId) => ({ kind: 'person', externalId }));
}

/**
 * Deletes the Mailman user of this address, with all their addresses and memberships. Deleting only the address would leave the user's
 * name behind; that is done only for an address without a user (someone who wrote to a list without being on it). A ban outlives it and
 * holds the address in clear: kept, and declared, to honour the objection it stands for, unless the settings say to lift it.
 */
export async function erase(
  api: MailmanApi,
  settings: MailmanSettings,
  ref: RecordRef,
  options: WriteOptions,
): Promise<EraseResult> {
  const address = await find(api, ref.externalId);
  const bans = await bansOf(api, settings, ref.externalId);
  const residue = settings.bansOnErase === 'keep' ? bans.map((listId) => kept(nameOf(listId))) : [];
  if (options.dryRun === true) return { result: 'would-erase', residue };
  const userId = address === undefined ? undefined : userIdOf(address);
  if (userId !== undefined) await api.deleteUser(userId);
  else if (address !== undefined) await api.deleteAddress(address.email);
  if (settings.bansOnErase === 'lift') for (const listId of bans) await api.liftBan(ref.externalId, listId);
  const named = (address !== undefined && userId === undefined) || (settings.bansOnErase === 'lift' && bans.length > 0);
  const left = named ? [...residue, kept('access log of the web server')] : residue;
  return { result: left.length === 0 ? 'done' : 'partial', residue: left };
}

/** Reads everything that could still hold the address: addresses, memberships, bans. None of these is the call that erased. */
export async function verify(api: MailmanApi, settings: MailmanSettings, ref: RecordRef): Promise<VerifyResult> {
  const residue: Residue[] = [];
  if ((await api.addresses()).has(ref.externalId)) residue.push(kept('addresses'));
  if ((await api.membershipsOf(ref.externalId)).length > 0) residue.push(kept('members'));
  residue.push(...(await bansOf(api, settings, ref.externalId)).map((listId) => kept(nameOf(listId))));
  return { result: residue.length === 0 ? 'gone' : 'present', residue, count: residue.length };
}

/** All that Mailman holds of this address and its user; the hash of the user's password is not the person's data to carry away. */
export async function exportRecord(api: MailmanApi, settings: MailmanSettings, ref: RecordRef): Promise<ExportedRecord | null> {
  const address = await find(api, ref.externalId);
  const bans = (await bansOf(api, settings, ref.externalId)).map(nameOf);
  if (address === undefined && bans.length === 0) return null;
  const userId = address === undefined ? undefined : userIdOf(address);
  const user = userId === undefined ? undefined : await api.user(userId);
  const memberships = [];
  for (const { member_id, list_id, role, delivery_mode } of await api.membershipsOf(ref.externalId)) {
    memberships.push({ list_id, role, delivery_mode, delivery_status: await api.deliveryStatus(member_id) });
  }
  const fields = {
    email: ref.externalId,
    original_email: address?.original_email,
    display_name: address?.display_name,
    registered_on: address?.registered_on,
    verified_on: address?.verified_on,
    user: user === undefined ? undefined : { display_name: user.display_name, created_on: user.created_on },
    memberships,
    bans,
  };
  return { ref, fields, attachments: [] };
}
