import type { ExportedRecord, LinkedSystem } from '../../connectors/kit/contract.ts';
import type { PageLanguage } from '../../domain/privacy/certificate-content.ts';
import { accessReport, type AccessParts, languageOf } from '../../domain/privacy/access-report.ts';
import { privacyPolicy } from '../../domain/privacy/privacy-policy.ts';
import { portabilityPackage } from '../../domain/privacy/portability.ts';
import { onlyProvided } from '../../domain/privacy/provided.ts';
import { FichaError } from '../../domain/record/error.ts';
import { openWith, sealFor } from '../../platform/subject-key.ts';
import { problemsInWords, validatorFor } from '../../platform/validate.ts';
import type { PortableRecord } from '../../schemas/types.ts';
import { exportedLines, planLinesById, type WorkLine, workLines } from '../../store/read/plan-lines.ts';
import { isPacked, requiredRequest } from '../../store/read/privacy-requests.ts';
import { messagesOfClient } from '../../store/read/sent-messages.ts';
import { subjectKeyOf } from '../../store/read/subject-keys.ts';
import { acquisitionOf, recordsOfSubject, systemsToAsk } from '../../store/read/subject-records.ts';
import { copiesOfClient } from '../../store/write/document-copies.ts';
import { type ExportedLine, saveExports } from '../../store/write/plan-lines.ts';
import { savePackage } from '../../store/write/privacy-requests.ts';
import { recordHash } from '../../store/write/tombstones.ts';
import { recipientsOfClient } from '../../store/read/recipients.ts';
import type { Deps } from '../deps.ts';
import { giveUp, givenUpAs, isOpen } from './act.ts';
import { digestOf, queryOf, refUnder, withSystem } from './line-work.ts';
import { privacyPolicyOf } from './policies.ts';

/** A policy of before that says nothing of it gets what the shipped one leaves out. */
const shippedRule = privacyPolicy.notPortable ?? { fields: [], interactionKinds: [] };

const MS_PER_DAY = 24 * 3_600_000;

const portable = ({ ref, fields, attachments }: ExportedRecord): PortableRecord => ({
  kind: ref.kind,
  externalId: ref.externalId,
  fields,
  attachments: attachments.map(({ name, mediaType, bytes }) => ({
    name,
    mediaType,
    base64: Buffer.from(bytes).toString('base64'),
  })),
});

const asJson = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const exportOne = async (deps: Deps, system: LinkedSystem, line: WorkLine, subjectKey: Buffer): Promise<ExportedLine> => {
  const { id: lineId, requestId, systemId } = line;
  queryOf(system);
  const exported = await system.export(refUnder(subjectKey, line));
  const query = queryOf(system);
  const record = exported === null ? null : portable(exported);
  const digest = digestOf(JSON.parse(JSON.stringify(record)));
  const result = record === null ? 'absent' : 'exported';
  const countAfter = record === null ? 0 : 1;
  const sealed = record === null ? null : sealFor(subjectKey, asJson(record));
  return {
    lineId,
    sealed,
    evidence: { requestId, lineId, systemId, verb: 'export', query, result, countAfter, digest, at: deps.now() },
  };
};

/** So much is held before it is written: one statement for many lines, and no more in memory than a package may be. */
const mostHeld = { lines: 50, bytes: 8_000_000 };

/** Lines that were exported and not written yet. */
class Exported {
  private held: ExportedLine[] = [];
  private readonly db: Deps['db'];

  constructor(db: Deps['db']) {
    this.db = db;
  }

  async add(line: ExportedLine): Promise<void> {
    this.held.push(line);
    const bytes = this.held.reduce((sum, { sealed }) => sum + (sealed?.length ?? 0), 0);
    if (this.held.length >= mostHeld.lines || bytes > mostHeld.bytes) await this.write();
  }

  async write(): Promise<void> {
    const lines = this.held;
    this.held = [];
    if (lines.length > 0) await saveExports(this.db, lines);
  }
}

/** What was written to the person from Ficha itself: no system holds it. */
const writtenFromHere = async (deps: Deps, clientId: string) =>
  (await messagesOfClient(deps.db, clientId)).map(({ id, at, channel, subject, text, address }) => ({
    systemId: 'ficha',
    kind: 'interaction' as const,
    externalId: id,
    canonical: { interactionKind: 'email', direction: 'out', at, channel, subject, text, address },
  }));

/** What Ficha itself holds of a client, in canonical form, with the copies of documents that were uploaded. */
async function heldOf({ db, keys }: Deps, clientId: string) {
  const copies = await copiesOfClient(db, keys, clientId);
  return (await recordsOfSubject(db, clientId)).map(({ systemId, kind, externalId, canonical }) => {
    const copy = copies.find((one) => kind === 'document' && one.systemId === systemId && one.externalId === externalId);
    const kept = copy === undefined ? {} : { copy: { mediaType: copy.mediaType, base64: copy.bytes.toString('base64') } };
    return { systemId, kind, externalId, canonical, ...kept };
  });
}

/** Where the vendors behind these systems keep their data, as their connectors declare it. */
const placesOf = (
  { connectors }: Deps,
  systems: Awaited<ReturnType<typeof systemsToAsk>>,
  language: PageLanguage,
): AccessParts['places'] =>
  new Map(
    systems.map(({ id, connector }) => {
      const about = connectors?.get(connector)?.about?.(language);
      return [id, { regions: about?.region ?? [], safeguard: about?.transferBasis ?? null }];
    }),
  );

export const exportActivities = (deps: Deps) => ({
  /**
   * Exports located records of one system and keeps each sealed under the person's key until the package is made. Safe to repeat: what
   * was exported is not asked for again. A record that is refused for good is written down, and the others go on.
   * @returns `left`: what a fault kept from being exported, after others were; without any progress the fault is thrown
   */
  exportLines: ({ systemId, lineIds }: { readonly systemId: string; readonly lineIds: readonly string[] }) =>
    withSystem(deps, systemId, async (system): Promise<{ readonly left: readonly string[] }> => {
      let worked = 0;
      const lines = await planLinesById(deps.db, lineIds);
      const [first] = lines;
      const key = first === undefined ? undefined : await subjectKeyOf(deps.db, deps.keys, first.requestId);
      const done = new Exported(deps.db);
      for (const [place, line] of lines.entries()) {
        if (!isOpen(line) || key === undefined) continue;
        try {
          await done.add(await exportOne(deps, system, line, key));
        } catch (error) {
          const code = givenUpAs(error);
          await done.write();
          if (code === undefined && worked > 0 && error instanceof FichaError) return { left: lineIds.slice(place) };
          if (code === undefined) throw error;
          await giveUp(deps, line, code);
        }
        worked += 1;
      }
      await done.write();
      return { left: [] };
    }),

  /**
   * Makes the package from what was exported and what Ficha holds of the planned records, and seals it under the person's key. Made once:
   * the pieces go with it, so a try after a lost answer leaves it as it is.
   */
  packExport: async ({ requestId }: { readonly requestId: string }): Promise<{ readonly records: number }> => {
    if (await isPacked(deps.db, requestId)) return { records: 0 };
    const { clientId, type, country } = await requiredRequest(deps.db, requestId);
    const subjectKey = await subjectKeyOf(deps.db, deps.keys, requestId);
    const exported = (await exportedLines(deps.db, requestId)).map(({ systemId, exported: sealed }) => {
      return { systemId, record: JSON.parse(openWith(subjectKey, sealed).toString('utf8')) as PortableRecord }; // written above
    });
    const asked = await systemsToAsk(deps.db, clientId);
    const systems = asked.map(({ id: systemId, title }) => {
      return { systemId, title, records: exported.filter((one) => one.systemId === systemId).map(({ record }) => record) };
    });
    const planned = new Set((await workLines(deps.db, requestId)).map((line) => line.recordHash));
    const records = (await heldOf(deps, clientId))
      .filter(({ systemId, kind, externalId }) => planned.has(recordHash(deps.keys, systemId, kind, externalId).toString('hex')))
      .concat(await writtenFromHere(deps, clientId));
    const { controller } = privacyPolicyOf(deps);
    const acquisitionSource = await acquisitionOf(deps.db, clientId);
    const language = languageOf(country);
    const report = accessReport({
      systems,
      records,
      acquisitionSource,
      places: placesOf(deps, asked, language),
      handedTo: (await recipientsOfClient(deps.db, clientId)).map(({ place, title }) => title ?? place),
      controller,
      language,
    });
    const given =
      type === 'access'
        ? { systems, records, report }
        : onlyProvided({ systems, records }, privacyPolicyOf(deps).notPortable ?? shippedRule);
    const whole = portabilityPackage({ requestId, madeAt: deps.now().toISOString(), ...given });
    const problems = validatorFor('evidence/portability-package')(whole);
    if (problems.length > 0) throw new FichaError('package-invalid', problemsInWords(problems));
    const expiresAt = new Date(deps.now().getTime() + privacyPolicyOf(deps).packageDays * MS_PER_DAY);
    await deps.db.transaction((tx) => savePackage(tx, requestId, sealFor(subjectKey, asJson(whole)), expiresAt));
    return { records: exported.length };
  },
});
