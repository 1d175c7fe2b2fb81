import type { Hono } from 'hono';
import { html } from 'hono/html';
import { consentPolicy as shipped } from '../../domain/consent/consent-policy.ts';
import type { ConnectorAbout, ConsentPolicy } from '../../schemas/types.ts';
import { dataMap, type DataMapRow, processing, type ProcessingRow } from '../../store/read/accountability.ts';
import { type DriftRow, driftNewestFirst } from '../../store/read/consent-drift.ts';
import { type CommandDeps, type CommandEnv, demand } from '../context.ts';

/** What protects the data, for the record; the console says each in the reader's language. */
export const security = [
  'Envelope encryption of request data under a key per person; destroying the key shreds it',
  'Keyed hashes for tombstones, suppression list and pseudonyms',
  'Roles by token; every look at a ficha is logged before it is shown',
  'Hash-chained, daily signed audit log without personal data',
];

interface Parts {
  readonly policy: ConsentPolicy;
  readonly said: readonly ProcessingRow[];
  readonly held: readonly DataMapRow[];
  readonly connectors: readonly ConnectorAbout[];
}

/** The record of processing activities, from the policy, the ledger and what is linked. @see Regulation (EU) 2016/679, art. 30(1) */
function processingRecord({ policy, said, held, connectors }: Parts, at: string) {
  const recipients = [...new Set(held.map(({ linkedSystemId }) => linkedSystemId))].map((id) => {
    const lines = held.filter(({ linkedSystemId }) => linkedSystemId === id);
    const about = connectors.find(({ name }) => name === lines[0]?.connector);
    return {
      linkedSystemId: id,
      title: lines[0]?.title ?? id,
      regions: about?.region ?? [],
      transferBasis: about?.transferBasis ?? null,
      holds: lines.map(({ kind, records, fields }) => ({ kind, records, fields })),
    };
  });
  const purposes = Object.entries(policy.purposes).map(([name, { title, optional, legalBasis, dpv, channels, ...rest }]) => {
    const of = said.filter(({ purpose }) => purpose === name);
    return {
      purpose: name,
      title: title.en,
      legalBasis,
      dpv,
      optional,
      channels,
      specialCategories: rest.specialCategories ?? [],
      expiresAfterMonths: rest.expiresAfterMonths ?? null,
      texts: (rest.texts ?? []).map(({ version, from }) => ({ version, from })),
      people: of.reduce((sum, { people }) => sum + people, 0),
      saidIn: [...new Set(of.flatMap(({ linkedSystemIds }) => linkedSystemIds))].sort(),
    };
  });
  const unconfigured = said.filter(({ purpose }) => purpose !== '*' && !Object.hasOwn(policy.purposes, purpose));
  return {
    generatedAt: at,
    controller: policy.controller,
    purposes,
    unconfiguredPurposes: [...new Set(unconfigured.map(({ purpose }) => purpose))],
    dataSubjects: ['clients', 'contacts of companies', 'prospects'],
    recipients,
    transfers: recipients.filter(({ transferBasis }) => transferBasis !== null),
    retention: policy.retention,
    security,
  };
}

type Processing = ReturnType<typeof processingRecord>;

const page = ({ generatedAt, controller, purposes, recipients, retention }: Processing) => html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Record of processing</title></head><body><main>
<h1>Record of processing activities</h1>
<p>GDPR art. 30(1). ${controller.name}, ${controller.contact}. Generated ${generatedAt.slice(0, 10)}.</p>
<h2>Purposes</h2><table><thead><tr><th scope="col">Purpose</th><th scope="col">Legal basis</th><th scope="col">Channels</th><th scope="col">People</th></tr></thead><tbody>
${purposes.map((one) => html`<tr><th scope="row">${one.title}</th><td>${one.legalBasis}</td><td>${one.channels.join(', ')}</td><td>${one.people}</td></tr>`)}
</tbody></table>
<h2>Recipients and categories of data</h2><table><thead><tr><th scope="col">System</th><th scope="col">Where</th><th scope="col">Transfer basis</th><th scope="col">Holds</th></tr></thead><tbody>
${recipients.map((one) => html`<tr><th scope="row">${one.title}</th><td>${one.regions.join(', ')}</td><td>${one.transferBasis ?? 'none needed or not known'}</td><td>${one.holds.map(({ kind, fields }) => `${kind}: ${fields.join(', ')}`).join('; ')}</td></tr>`)}
</tbody></table>
<h2>Retention</h2><ul>${retention.map((one) => html`<li>${one.category}: ${one.action} after ${one.afterMonths} months (${one.legalBasis})</li>`)}</ul>
<h2>Security</h2><ul>${security.map((one) => html`<li>${one}</li>`)}</ul>
</main></body></html>`;

/**
 * GET /v1/processing-record: the record of processing activities as JSON, or as a page with `?as=page`. GET /v1/consent-purposes: the
 * purposes with their texts. GET /v1/consent-drift: where a system allowed what the ledger denies, newest first, at most 500.
 */
export function readProcessingRoute(app: Hono<CommandEnv>, deps: CommandDeps): void {
  const { db, now, consentPolicy = shipped, connectors } = deps;
  app.get('/v1/processing-record', async (c) => {
    demand(c, 'read-processing');
    const parts = { policy: consentPolicy, said: await processing(db), held: await dataMap(db), connectors };
    const record = processingRecord(parts, now().toISOString());
    return c.req.query('as') === 'page' ? await c.html(page(record)) : c.json(record);
  });
  app.get('/v1/consent-purposes', (c) => {
    demand(c, 'record-consent'); // whoever writes down a yes must know the purposes and the text that was read
    return c.json({ purposes: consentPolicy.purposes, ageOfConsent: consentPolicy.ageOfConsent, caps: consentPolicy.caps });
  });
  app.get('/v1/consent-drift', async (c) => {
    demand(c, 'read-processing');
    const drift: readonly DriftRow[] = await driftNewestFirst(db);
    return c.json({ drift });
  });
}
