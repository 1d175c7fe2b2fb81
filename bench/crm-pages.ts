import type { Cursor, LinkedSystem, PullPage } from '../connectors/kit/contract.ts';
import { FichaError } from '../domain/record/error.ts';
import type { SourceRecordDraft } from '../domain/record/source-record.ts';

const pageSize = 500;

const personAt = (number: number): SourceRecordDraft => {
  const names = { givenName: `Given${number % 977}`, familyName: `Family${number % 20_011}` };
  const phone = `+346${String(number).padStart(8, '0')}`;
  return {
    kind: 'person',
    externalId: `p${number}`,
    raw: { id: number, ...names, phone },
    canonical: { ...names, emails: [`pulled${number}@example.org`], phones: [phone] },
  };
};

/** A system that lists so many people, a page of 500 at a time, as fast as it is asked. */
export function crmPages(systemId: string, people: number): LinkedSystem {
  const unused = (): never => {
    throw new FichaError('not-in-this-bench', 'the bench does not call it');
  };
  async function* pull(_stream: string, cursor: Cursor | null): AsyncGenerator<PullPage> {
    for (let page = Number(cursor?.['page'] ?? 0); ; page += 1) {
      const first = page * pageSize;
      const count = Math.min(pageSize, people - first);
      const last = first + count >= people;
      const records = Array.from({ length: count }, (_, place) => personAt(first + place));
      yield { records, rejected: [], deleted: [], cursor: { version: 1, page: page + 1 }, last };
      if (last) return;
    }
  }
  return {
    systemId,
    capabilities: {
      kinds: ['person'],
      streams: ['people'],
      incremental: true,
      lookup: false,
      contacts: [],
      suppress: false,
      erase: false,
      redact: false,
      export: false,
      verify: false,
    },
    check: () => Promise.resolve({ ok: true, problems: [] }),
    pull,
    lookup: () => Promise.resolve([]),
    readConsent: () => Promise.resolve([]),
    suppress: unused,
    unsuppress: unused,
    erase: unused,
    export: unused,
    verify: unused,
    close: () => Promise.resolve(),
  };
}
