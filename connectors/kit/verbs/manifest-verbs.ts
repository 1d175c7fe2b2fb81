import type { ConnectorManifest } from '../../../schemas/types.ts';
import type { ExportedRecord, LinkedSystem, RecordRef } from '../contract.ts';
import type { HookContext } from '../hooks.ts';
import { ruleOf } from '../record-id.ts';
import { callOf } from '../request-step.ts';
import { runSteps } from '../run-steps.ts';
import { checkSystem } from './check.ts';
import { changeConsent, readConsent } from './consent.ts';
import { consentOfMany } from './consent-of-many.ts';
import { discoverSystem } from './discover.ts';
import { eraseRecord } from './erase.ts';
import { filesOf } from './files.ts';
import { lookupRecords } from './lookup.ts';
import { needsRecord, type Opened, readRecord, scopeOf } from './read-record.ts';
import { redactRecord } from './redact.ts';
import { sendMail } from './send.ts';
import { takePackage } from './take.ts';
import { verifyRecord } from './verify.ts';
import { receiveWebhook } from './webhook.ts';

type ManifestVerbs = Omit<LinkedSystem, 'systemId' | 'capabilities' | 'pull'>;

/** Everything the system holds of one record, as the vendor names it; null when it holds nothing. */
async function exportRecord(opened: Opened, ref: RecordRef): Promise<ExportedRecord | null> {
  const parts = ruleOf(opened.manifest.export, opened.manifest, ref)?.parts;
  if (parts === undefined) {
    const record = await readRecord(opened, ref);
    return record === undefined ? null : { ref, fields: record as ExportedRecord['fields'], attachments: [] }; // as the vendor names them
  }
  const record = needsRecord(Object.values(parts)) ? await readRecord(opened, ref) : {};
  if (record === undefined) return null;
  const fields: Record<string, unknown> = {};
  const scope = { ...scopeOf(opened, ref), record };
  for (const [name, step] of Object.entries(parts)) {
    if (step.page !== undefined) {
      const { saved } = await runSteps([{ ...step, collect: name }], opened.context.send, scope);
      fields[name] = saved[name];
      continue;
    }
    const call = callOf({ ...step, reads: true }, scope);
    const answer = await opened.context.send({ ...call, expect: [404, 410] });
    if (answer.status < 400) fields[name] = answer.body;
  }
  const holds = Object.values(fields).some((body) => !Array.isArray(body) || body.length > 0);
  return holds ? { ref, fields, attachments: [] } : null;
}

/** The verbs that a manifest says, over one opened system. A verb that it does not say answers `unsupported` or `unknowable`. */
export function manifestVerbs(manifest: ConnectorManifest, context: HookContext): ManifestVerbs {
  const opened: Opened = { manifest, context };
  const many = consentOfMany(opened);
  return {
    check: () => checkSystem(opened),
    lookup: (identifiers) => lookupRecords(opened, identifiers),
    readConsent: (ref) => readConsent(opened, ref),
    suppress: (ref, order) => changeConsent(opened, ref, order, 'suppress'),
    unsuppress: (ref, order) =>
      order.consentEventId === ''
        ? Promise.resolve({ result: 'refused', code: 'no-consent-proof' })
        : changeConsent(opened, ref, order, 'unsuppress'),
    erase: (ref, options) => eraseRecord(opened, ref, options),
    export: (ref) => exportRecord(opened, ref),
    verify: (ref) => verifyRecord(opened, ref),
    anonymises: (ref) =>
      ref.kind === 'person'
        ? ruleOf(manifest.erase, manifest, ref)?.mode === 'overwrite'
        : ruleOf(manifest.redact, manifest, ref) !== undefined,
    ...(many === undefined ? {} : { many }),
    ...(manifest.redact === undefined ? {} : { redact: (ref, order) => redactRecord(opened, ref, order) }),
    ...(manifest.discover === undefined ? {} : { discover: () => discoverSystem(opened) }),
    ...(manifest.webhook === undefined ? {} : { receive: (request) => Promise.resolve(receiveWebhook(opened, request)) }),
    ...(manifest.files === undefined ? {} : { files: filesOf(opened, manifest.files) }),
    ...(manifest.take === undefined ? {} : { take: (handed) => takePackage(opened, handed) }),
    ...(manifest.send === undefined ? {} : { send: (mail) => sendMail(opened, mail) }),
    close: () => Promise.resolve(),
  };
}
