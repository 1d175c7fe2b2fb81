import { FichaError } from '../../domain/record/error.ts';
import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import { problemsInWords, validatorFor } from '../../platform/validate.ts';
import type { ConnectorManifest } from '../../schemas/types.ts';
import type { LinkedSystem, PullPage, RecordRef } from './contract.ts';
import { valueAt } from './value-path.ts';

/** What one look at an account has shown. `say` names fields and codes, never a value. */
export interface Probed {
  readonly title: string;
  readonly outcome: 'passed' | 'failed' | 'not declared';
  readonly say: string;
}

type Look = Omit<Probed, 'title'>;

const passed = (say = ''): Look => ({ outcome: 'passed', say });
const failed = (say: string): Look => ({ outcome: 'failed', say });
const undeclared: Look = { outcome: 'not declared', say: '' };

const mostPages = 3;

async function pagesOf(system: LinkedSystem, stream: string, from: PullPage['cursor'] | null = null): Promise<PullPage[]> {
  const pages: PullPage[] = [];
  for await (const page of system.pull(stream, from)) {
    pages.push(page);
    if (page.last || pages.length >= mostPages) break;
  }
  return pages;
}

const idsOf = (page: PullPage | undefined): string =>
  JSON.stringify(page?.records.map(({ kind, externalId }) => `${kind} ${externalId}`) ?? []);

/** The first pages of one stream: every record as the schema of its kind asks, nothing kept aside, and the second page found again. */
async function lookAtStream(system: LinkedSystem, stream: string, seen: SourceRecordDraft[]): Promise<Look> {
  const pages = await pagesOf(system, stream);
  const records = pages.flatMap((page) => page.records);
  seen.push(...records);
  const [aside] = pages.flatMap((page) => page.rejected);
  if (aside !== undefined) return failed(`${aside.reasonCode}: ${aside.reason}`);
  for (const { kind, canonical } of records) {
    const problems = validatorFor(`record/${kind}`)(canonical);
    if (problems.length > 0) return failed(`map of a ${kind}: ${problemsInWords(problems)}`);
  }
  const [first, second] = pages;
  if (first !== undefined && second !== undefined && !first.last) {
    const [again] = await pagesOf(system, stream, JSON.parse(JSON.stringify(first.cursor)) as PullPage['cursor']); // as the store gives it back
    if (idsOf(again) !== idsOf(second)) return failed('after its first page the listing does not go on where it was');
  }
  return passed(`${records.length} records of ${pages.length} pages read`);
}

const emailOf = (canonical: SourceRecordDraft['canonical']): string | undefined => {
  const emails = (canonical as { readonly emails?: readonly string[] } | null)?.emails; // the schema of a person says so
  return emails?.[0];
};

const isSame = (one: RecordRef, other: RecordRef): boolean => one.kind === other.kind && one.externalId === other.externalId;

/** What the verbs about one record answer of a person that was just listed. */
function looksAt(manifest: ConnectorManifest, system: LinkedSystem, listed: SourceRecordDraft): [string, () => Promise<Look>][] {
  const { capabilities } = system;
  const ref: RecordRef = { kind: listed.kind, externalId: listed.externalId };
  const value = emailOf(listed.canonical);
  const personal = Object.values(manifest.entities).flatMap((entity) => entity.personal ?? []);
  const writes = async (work: () => Promise<{ readonly result: string }>): Promise<Look> => passed((await work()).result);
  return [
    [
      'lookup finds a person who was listed, by e-mail',
      async () => {
        if (!capabilities.lookup || manifest.lookup?.some(({ by }) => by === 'email') !== true || value === undefined)
          return undeclared;
        const found = await system.lookup([{ kind: 'email', value }]);
        return found.some((one) => isSame(one, ref)) ? passed() : failed(`it found ${found.length} others and not that person`);
      },
    ],
    [
      'verify says present of a person who was listed',
      async () => {
        if (!capabilities.verify) return undeclared;
        const { result } = await system.verify(ref);
        return result === 'present' ? passed() : failed(`it says ${result}`);
      },
    ],
    [
      'export holds every field that is marked personal and that the listing had',
      async () => {
        if (!capabilities.export) return undeclared;
        const text = JSON.stringify((await system.export(ref))?.fields ?? {});
        const missing = personal.find(({ field }) => {
          const held = valueAt(listed.raw, field);
          return typeof held === 'string' && held !== '' && !text.includes(JSON.stringify(held).slice(1, -1));
        });
        return missing === undefined ? passed() : failed(`"${missing.field}" is not in it`);
      },
    ],
    [
      'consent is read',
      async () => {
        if (capabilities.contacts.length === 0) return undeclared;
        const readings = await system.readConsent(ref);
        return readings.length > 0 ? passed() : failed('it says nothing of any channel');
      },
    ],
    [
      'a dry run of an opt-out makes no call that writes',
      async () => {
        const [rule] = manifest.consent ?? [];
        if (!capabilities.suppress || rule === undefined) return undeclared;
        const order = { channel: rule.channel, purpose: rule.purpose, key: 'probe', dryRun: true };
        return await writes(() => system.suppress(ref, order));
      },
    ],
    [
      'a dry run of an erasure makes no call that writes',
      async () => (capabilities.erase ? await writes(() => system.erase(ref, { key: 'probe', dryRun: true })) : undeclared),
    ],
  ];
}

/**
 * Looks at a real account through a connector, without writing: what a manifest of one's own can be tested by when there is no twin of
 * its system. Open the system `readOnly`, so that a call that writes is refused and fails its look.
 */
export async function probeSystem(manifest: ConnectorManifest, system: LinkedSystem): Promise<readonly Probed[]> {
  const probed: Probed[] = [];
  const look = async (title: string, work: () => Promise<Look>): Promise<void> => {
    try {
      probed.push({ title, ...(await work()) });
    } catch (error) {
      if (!(error instanceof FichaError)) throw error;
      probed.push({ title, ...failed(error.message) });
    }
  };
  await look('check: the account answers, and no right is missing', async () => {
    const { ok, problems } = await system.check();
    return ok ? passed() : failed(problems.map(({ verb, say }) => `${verb}: ${say}`).join('; '));
  });
  await look('discover gives the same answer twice', async () => {
    if (system.discover === undefined) return undeclared;
    const [one, other] = [await system.discover(), await system.discover()];
    return JSON.stringify(one) === JSON.stringify(other) ? passed() : failed('two answers differ');
  });
  const seen: SourceRecordDraft[] = [];
  for (const stream of system.capabilities.streams)
    await look(`pull ${stream}: records are as their schema asks, and the listing goes on where it was`, () =>
      lookAtStream(system, stream, seen),
    );
  const people = seen.filter(({ kind }) => kind === 'person');
  const person = people.find(({ canonical }) => emailOf(canonical) !== undefined);
  if (person !== undefined) {
    for (const [title, work] of looksAt(manifest, system, person)) await look(title, work);
    return probed;
  }
  const title = 'the verbs about one person';
  const byEmail = manifest.lookup?.some(({ by }) => by === 'email') === true;
  const none = people.length === 0 ? 'nobody was listed' : `none of ${people.length} people has an e-mail address`;
  probed.push({
    title,
    ...(people.length > 0 && byEmail ? failed(`${none}: is \`map.emails\` right?`) : { ...undeclared, say: none }),
  });
  return probed;
}
