import type { ExportedRecord, Identifier, RecordRef, VerifyResult } from '../kit/contract.ts';
import type { HookContext, Hooks } from '../kit/hooks.ts';
import { isOptedOut, pullPeople } from './people.ts';
import { readSheet, setting } from './sheet.ts';
import { changeOptOut, eraseRows, redactNotes, rowsOf } from './writes.ts';

async function lookup(context: HookContext, identifiers: readonly Identifier[]): Promise<readonly RecordRef[]> {
  const wanted = new Set(identifiers.filter(({ kind }) => kind === 'email').map(({ value }) => value.trim().toLowerCase()));
  if (wanted.size === 0) return [];
  const { rows } = await readSheet(context);
  const found = rows.filter(
    ({ key, cells }) => key !== '' && wanted.has((cells[setting(context, 'emailColumn')] ?? '').toLowerCase()),
  );
  return [...new Set(found.map(({ key }) => key))].map((externalId) => ({ kind: 'person', externalId }));
}

async function exportRows(context: HookContext, ref: RecordRef): Promise<ExportedRecord | null> {
  const rows = rowsOf(await readSheet(context), ref);
  const [first] = rows;
  if (first === undefined) return null;
  const fields = rows.length === 1 ? first.cells : { rows: rows.map(({ cells }) => cells) };
  return { ref, fields, attachments: [] };
}

async function verify(context: HookContext, ref: RecordRef): Promise<VerifyResult> {
  const { length: count } = rowsOf(await readSheet(context, 'batch'), ref);
  if (count === 0) return { result: 'gone', residue: [], count };
  return { result: 'present', residue: [{ where: 'Google Sheets: the tab', due: null }], count };
}

/** What a manifest cannot say of a sheet: rows are found by their key and written by their place. */
export const hooks: Hooks = {
  listPages: (_, cursor, context) => pullPeople(cursor, context),
  verbs: (context) => ({
    lookup: (identifiers) => lookup(context, identifiers),
    readConsent: async (ref) => {
      const rows = rowsOf(await readSheet(context), ref);
      const denied = rows.some((row) => isOptedOut(row, context));
      return [{ channel: 'email', purpose: 'marketing', answer: denied ? 'denied' : 'unknown' }];
    },
    suppress: (ref, order) => changeOptOut(context, ref, order, true),
    unsuppress: (ref, order) =>
      order.consentEventId === ''
        ? Promise.resolve({ result: 'refused', code: 'no-consent-proof' })
        : changeOptOut(context, ref, order, false),
    erase: (ref, options) => eraseRows(context, ref, options),
    redact: (ref, order) => redactNotes(context, ref, order),
    export: (ref) => exportRows(context, ref),
    verify: (ref) => verify(context, ref),
  }),
};
