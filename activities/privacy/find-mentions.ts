import { compareNames } from '../../domain/privacy/lookup-hit.ts';
import { contextOf, type Mention, mentionsIn, type Subject } from '../../domain/privacy/mentions.ts';
import { sealFor } from '../../platform/subject-key.ts';
import { type TextCandidate, textsAbout } from '../../store/read/privacy-mentions.ts';
import { systemsSearched } from '../../store/read/evidence.ts';
import { type PrivacyRequestRow, requiredRequest } from '../../store/read/privacy-requests.ts';
import { subjectKeyOf } from '../../store/read/subject-keys.ts';
import { askedIdentifiers, identifiersOfSubject, recordsOfSubject, systemsToAsk } from '../../store/read/subject-records.ts';
import type { FoundMention } from '../../store/write/privacy-mentions.ts';
import { recordHash } from '../../store/write/tombstones.ts';
import type { Deps } from '../deps.ts';
import { withSystem } from './line-work.ts';
import { askAboutMentions } from './mention-questions.ts';

/** More texts than this are no review: the name is too common, and a person must narrow it down. */
const MOST_TEXTS = 2_000;

const textFields = ['subject', 'text', 'title'] as const;

/** What to look for: names as any record writes them, identifiers that the person does not share with others. */
export const subjectOf = async (
  { db, keys }: Pick<Deps, 'db' | 'keys'>,
  { id: requestId, clientId }: Pick<PrivacyRequestRow, 'id' | 'clientId'>,
): Promise<Subject> => {
  const asked = await askedIdentifiers(db, keys, requestId);
  const identifiers = [...(await identifiersOfSubject(db, clientId)), ...asked.map((one) => ({ ...one, shared: false }))]; // an external id is in no text
  const valuesOf = (kind: string): string[] =>
    identifiers.filter((one) => one.kind === kind && !one.shared).map(({ value }) => value);
  const names = (await recordsOfSubject(db, clientId)).flatMap(({ kind, canonical }) => {
    const { givenName, familyName, fullName } = canonical;
    if (kind !== 'person') return [];
    if (typeof givenName === 'string' && typeof familyName === 'string') return [{ given: givenName, family: familyName }];
    const words = typeof fullName === 'string' ? fullName.trim().split(/\s+/) : [];
    return words.length > 1 ? [{ given: words[0] ?? '', family: words.slice(1).join(' ') }] : [];
  });
  const unique = new Map(names.map((name) => [`${name.given}|${name.family}`, name]));
  return { names: [...unique.values()], emails: valuesOf('email'), phones: valuesOf('phone'), taxIds: valuesOf('tax-id') };
};

/** Systems that give out the files which they keep, and were not asked for them yet. */
const systemsWithFiles = async (deps: Deps, { id, clientId }: PrivacyRequestRow): Promise<readonly string[]> => {
  const searched = await systemsSearched(deps.db, id, 'searched', 'searched-in-part');
  const asked = (await systemsToAsk(deps.db, clientId)).filter(({ id: systemId }) => !searched.has(systemId));
  const able = await Promise.all(
    asked.map(({ id: systemId }) =>
      withSystem(deps, systemId, ({ capabilities }) => Promise.resolve(capabilities.files === true ? [systemId] : [])),
    ),
  );
  return able.flat();
};

/** A name alone in a text of somebody who bears that name is the owner's own. */
const isOwners = ({ ownerName }: TextCandidate, { names }: Subject, mentions: readonly Mention[]): boolean =>
  ownerName !== null &&
  mentions.every(({ how }) => how === 'name' || how === 'name-variant') &&
  compareNames(
    names.map(({ given, family }) => `${given} ${family}`),
    [ownerName],
  ) === 'agree';

/** The mentions in one record, by field. */
export const mentionsOfRecord = (candidate: TextCandidate, subject: Subject) =>
  textFields.flatMap((field) => {
    const text = candidate.canonical[field];
    if (typeof text !== 'string') return [];
    const mentions = mentionsIn(text, subject);
    return mentions.length === 0 || isOwners(candidate, subject, mentions) ? [] : [{ field, text, mentions }];
  });

export const findMentionActivities = (deps: Deps) => ({
  /**
   * Looks for the person in the texts of other people's records: notes, tickets, calls. Each place goes to a reviewer with the words
   * around it, sealed under the person's key; nothing is redacted unseen. Safe to repeat: an answer that was given stays.
   * @returns `filesIn`: systems that keep files of others which were not looked through yet
   */
  findMentions: async ({
    requestId,
  }: {
    readonly requestId: string;
  }): Promise<{ readonly found: number; readonly filesIn?: readonly string[] }> => {
    const request = await requiredRequest(deps.db, requestId);
    const { clientId } = request;
    const subject = await subjectOf(deps, request);
    if (subject.names.length + subject.emails.length + subject.phones.length === 0) return { found: 0 };
    const subjectKey = await subjectKeyOf(deps.db, deps.keys, requestId);
    const filesIn = await systemsWithFiles(deps, request);
    const candidates = await textsAbout(deps.db, clientId, subject, MOST_TEXTS);
    const found = candidates.flatMap((candidate) =>
      mentionsOfRecord(candidate, subject).map(({ field, text, mentions }) => {
        const mention: FoundMention = {
          requestId,
          sourceRecordId: candidate.id,
          recordHash: recordHash(deps.keys, candidate.systemId, candidate.kind, candidate.externalId),
          field,
          how: [...new Set(mentions.map(({ how }) => how))],
          context: sealFor(subjectKey, Buffer.from(contextOf(text, mentions))),
        };
        return { systemId: candidate.systemId, mention };
      }),
    );
    await deps.db.transaction((tx) => askAboutMentions(tx, found, deps.now()));
    return { found: found.length, filesIn };
  },
});
