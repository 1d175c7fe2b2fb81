import type { EraseResult, ExportedRecord, RecordRef, VerifyResult, WriteOptions } from '../kit/contract.ts';
import { customFieldValues, type RequestTrackerApi } from './api.ts';

/** The id of a consent record: one value of the custom field of one user. */
export const noteId = (userId: number, value: string): string => `${userId}:${value}`;

async function noteBehind(api: RequestTrackerApi, field: string, { externalId }: RecordRef) {
  const cut = externalId.indexOf(':');
  const [userId, value] = [externalId.slice(0, cut), externalId.slice(cut + 1)];
  const user = await api.user(userId);
  const values = user === undefined ? [] : (customFieldValues(user, field) ?? []);
  return { userId, value, values, there: values.includes(value) };
}

/** Takes one value out of the custom field; RT's history keeps it, without a name once the user is erased. */
export async function eraseNote(
  api: RequestTrackerApi,
  field: string,
  ref: RecordRef,
  options: WriteOptions,
): Promise<EraseResult> {
  const { userId, value, values, there } = await noteBehind(api, field, ref);
  if (options.dryRun === true) return { result: 'would-erase', residue: [] };
  if (there) await api.update(userId, { CustomFields: { [field]: values.filter((one) => one !== value) } });
  const kept = (await noteBehind(api, field, ref)).there;
  return kept
    ? { result: 'refused', code: 'custom-field-not-kept', residue: [{ where: `user ${field}`, due: null }] }
    : { result: 'done', residue: [] };
}

/** Whether the value is still there. */
export async function verifyNote(api: RequestTrackerApi, field: string, ref: RecordRef): Promise<VerifyResult> {
  const { there } = await noteBehind(api, field, ref);
  return there
    ? { result: 'present', residue: [{ where: `user ${field}`, due: null }], count: 1 }
    : { result: 'gone', residue: [], count: 0 };
}

/** What an agent noted. */
export async function exportNote(api: RequestTrackerApi, field: string, ref: RecordRef): Promise<ExportedRecord | null> {
  const { value, there } = await noteBehind(api, field, ref);
  return there ? { ref, fields: { [field]: value }, attachments: [] } : null;
}
