import type { Identifier, LinkedSystem, RecordRef } from '../../connectors/kit/contract.ts';
import { concerns } from '../../domain/privacy/plan.ts';
import { compareNames, judgeHit, type LookupHit, namesOn } from '../../domain/privacy/lookup-hit.ts';
import { sealFor } from '../../platform/subject-key.ts';
import { answersOf } from '../../store/read/privacy-questions.ts';
import { requiredRequest } from '../../store/read/privacy-requests.ts';
import { subjectKeyOf } from '../../store/read/subject-keys.ts';
import {
  askedIdentifiers,
  identifiersOfSubject,
  orphansOfSubject,
  ownerOfRecord,
  recordsOfSubject,
  type SubjectRecord,
  systemsToAsk,
} from '../../store/read/subject-records.ts';
import { addEvidence } from '../../store/write/evidence.ts';
import { saveLocated } from '../../store/write/plan-lines.ts';
import { nextReminderOf } from '../../store/write/privacy-life.ts';
import { openPrivacyTask } from '../../store/write/privacy-questions.ts';
import { moveRequest } from '../../store/write/privacy-requests.ts';
import { recordHash } from '../../store/write/tombstones.ts';
import type { Deps } from '../deps.ts';
import { digestOf, queryOf, withSystem } from './line-work.ts';
import { privacyPolicyOf } from './policies.ts';

type FoundBy = LookupHit['foundBy'][number];

interface Hit {
  readonly ref: RecordRef;
  readonly foundBy: FoundBy[];
}

const keyOf = ({ kind, externalId }: RecordRef): string => `${kind}:${externalId}`;

/** Every identifier of the person, normalised and as the systems write it. */
const identifiersToAsk = async (
  deps: Deps,
  { requestId, clientId, records }: { requestId: string; clientId: string; records: readonly SubjectRecord[] },
) => {
  const normalised = await identifiersOfSubject(deps.db, clientId);
  const asked = new Map<string, Identifier & FoundBy>(normalised.map((one) => [`${one.kind}:${one.value}`, one]));
  const add = (kind: FoundBy['kind'], value: unknown) => {
    const shared = normalised.some((one) => one.kind === kind && one.shared);
    if (typeof value === 'string' && !asked.has(`${kind}:${value}`)) asked.set(`${kind}:${value}`, { kind, value, shared });
  };
  for (const { canonical } of records.filter(({ kind }) => kind === 'person')) {
    for (const email of asList(canonical['emails'])) add('email', email);
    for (const phone of asList(canonical['phones'])) add('phone', phone);
    add('tax-id', canonical['taxId']);
  }
  for (const { kind, value } of await askedIdentifiers(deps.db, deps.keys, requestId))
    if (kind !== 'external-id') add(kind, value);
  return [...asked.values()];
};

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Asks one identifier at a time, so that it is known by what each record was found. */
const lookUp = async (system: LinkedSystem, identifiers: readonly (Identifier & FoundBy)[]): Promise<Map<string, Hit>> => {
  const hits = new Map<string, Hit>();
  for (const { kind, value, shared } of identifiers) {
    for (const ref of await system.lookup([{ kind, value }])) {
      const hit = hits.get(keyOf(ref)) ?? { ref: { kind: ref.kind, externalId: ref.externalId }, foundBy: [] };
      hit.foundBy.push({ kind, shared });
      hits.set(keyOf(ref), hit);
    }
  }
  return hits;
};

const nameOfCanonical = (canonical: Readonly<Record<string, unknown>>): string[] => {
  const { fullName, givenName, familyName } = canonical;
  const split = [givenName, familyName].filter((part) => typeof part === 'string').join(' ');
  return [...(typeof fullName === 'string' ? [fullName] : []), ...(split === '' ? [] : [split])];
};

/** Judges a record that is not among the person's own. */
const judge = async (deps: Deps, system: LinkedSystem, hit: Hit, clientId: string, names: readonly string[]) => {
  const known = await ownerOfRecord(deps.db, { systemId: system.systemId, ...hit.ref });
  const owner = known?.clientId == null ? 'nobody' : known.clientId === clientId ? 'subject' : 'other';
  if (owner !== 'nobody') return judgeHit({ owner, foundBy: hit.foundBy, names: 'silent' });
  const found =
    known !== undefined
      ? nameOfCanonical(known.canonical)
      : system.capabilities.export
        ? namesOn((await system.export(hit.ref))?.fields ?? {})
        : [];
  return judgeHit({ owner, foundBy: hit.foundBy, names: compareNames(names, found) });
};

/** Of a person of whom Ficha knows nothing: the records that their ids in this system name, as far as it holds them. */
const namedByCaller = async (deps: Deps, system: LinkedSystem, requestId: string): Promise<RecordRef[]> => {
  const start = `${system.systemId}:`;
  const found: RecordRef[] = [];
  for (const { kind, value } of await askedIdentifiers(deps.db, deps.keys, requestId)) {
    if (kind !== 'external-id' || !value.startsWith(start)) continue;
    const ref: RecordRef = { kind: 'person', externalId: value.slice(start.length) };
    if ((await system.verify(ref)).result !== 'gone') found.push(ref);
  }
  return found;
};

/** What a system holds of the person, and what only a person can tell. */
const search = async (deps: Deps, system: LinkedSystem, requestId: string, clientId: string) => {
  const records = await recordsOfSubject(deps.db, clientId);
  const own = new Map(records.filter(({ systemId }) => systemId === system.systemId).map((record) => [keyOf(record), record]));
  const found: RecordRef[] = [...own.values()].map(({ kind, externalId }) => ({ kind, externalId }));
  const orphans = await orphansOfSubject(deps.db, system.systemId, await identifiersOfSubject(deps.db, clientId));
  found.push(...orphans.filter((orphan) => !own.has(keyOf(orphan))), ...(await namedByCaller(deps, system, requestId)));
  const questions: RecordRef[] = [];
  if (!system.capabilities.lookup) return { found, questions };
  const names = records.flatMap(({ canonical }) => nameOfCanonical(canonical));
  const answers = await answersOf(deps.db, requestId);
  for (const [key, hit] of await lookUp(system, await identifiersToAsk(deps, { requestId, clientId, records }))) {
    if (own.has(key) || orphans.some((orphan) => keyOf(orphan) === key)) continue;
    const hash = recordHash(deps.keys, system.systemId, hit.ref.kind, hit.ref.externalId).toString('hex');
    const answer = answers.get(hash);
    const verdict = answer === undefined ? await judge(deps, system, hit, clientId, names) : answer;
    if (verdict === 'own' || verdict === 'same-person') found.push(hit.ref);
    else if (verdict === 'question') questions.push(hit.ref);
  }
  return { found, questions };
};

export const locateActivities = (deps: Deps) => ({
  /**
   * Starts or starts again to locate, once the person has proven who they are: what must be asked, and how long it is until the first
   * reminder of the deadline; 0 when one is due or none is to come.
   */
  beginRequest: async ({ requestId }: { readonly requestId: string }) => {
    const at = deps.now();
    const { type, clientId, identityProvenAt, scope, next } = await deps.db.transaction(async (tx) => {
      const request = await requiredRequest(tx, requestId);
      if (request.identityProvenAt !== null) await moveRequest(tx, requestId, { to: 'locating', at });
      return { ...request, next: await nextReminderOf(tx, requestId, privacyPolicyOf(deps)) };
    });
    const systems = await systemsToAsk(deps.db, clientId);
    const remindInMs = next === undefined ? 0 : Math.max(0, Date.parse(next.at) - at.getTime());
    return { type, scope, proven: identityProvenAt !== null, systemIds: systems.map(({ id }) => id), remindInMs };
  },

  /**
   * Finds every record of the person in one system: those Ficha knows and those the system finds by each identifier. The ids are
   * kept, sealed under the person's key, before anything is written anywhere (rule 4). A record that may be somebody else's is
   * not planned; it opens a question.
   */
  locateInSystem: async ({ requestId, systemId }: { readonly requestId: string; readonly systemId: string }) => {
    const at = deps.now(); // before the answers of people are read: one that comes later was not heeded
    const { clientId, type } = await requiredRequest(deps.db, requestId);
    const subjectKey = await subjectKeyOf(deps.db, deps.keys, requestId);
    const { found, questions, byLookup, query } = await withSystem(deps, systemId, async (system) => ({
      ...(await search(deps, system, requestId, clientId)),
      byLookup: system.capabilities.lookup,
      query: queryOf(system),
    }));
    const hashOf = ({ kind, externalId }: RecordRef) => recordHash(deps.keys, systemId, kind, externalId);
    const lines = found
      .filter(({ kind }) => concerns(type, kind))
      .map((ref) => {
        return {
          requestId,
          systemId,
          kind: ref.kind,
          recordHash: hashOf(ref),
          sealedId: sealFor(subjectKey, Buffer.from(ref.externalId)),
        };
      });
    const digest = digestOf(lines.map((line) => line.recordHash.toString('hex')).sort());
    const result = found.length === 0 ? 'nothing-found' : byLookup ? 'found' : 'found-by-sync-only';
    await deps.db.transaction(async (tx) => {
      await saveLocated(tx, lines);
      await addEvidence(tx, { requestId, systemId, verb: 'locate', query, result, countAfter: lines.length, digest, at });
      for (const ref of questions) {
        const hash = hashOf(ref).toString('hex');
        const subject = { systemId, kind: ref.kind, recordHash: hash };
        await openPrivacyTask(tx, { requestId, reason: 'namesake', about: hash, subject, at });
      }
    });
    return { found: lines.length, questions: questions.length };
  },
});
