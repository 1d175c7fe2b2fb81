import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import type { AuditEntry } from '../../schemas/types.ts';
import { type AuditContent, chainStart, nextEntry, verifyChain } from './audit-chain.ts';

const content = fc.record<AuditContent>({
  at: fc
    .date({ noInvalidDate: true, min: new Date('2020-01-01'), max: new Date('2040-01-01') })
    .map((date) => date.toISOString()),
  actor: fc.string({ minLength: 1, maxLength: 20 }),
  action: fc.constantFrom('client.merge', 'client.split', 'consent.record', 'request.approve'),
  subject: fc.option(fc.uuid(), { nil: null }),
  facts: fc.dictionary(
    fc.string({ maxLength: 8 }),
    fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true })),
    { maxKeys: 4 },
  ),
});

const chained = (contents: readonly AuditContent[]): AuditEntry[] => {
  const entries: AuditEntry[] = [];
  for (const one of contents) {
    const last = entries.at(-1);
    entries.push(nextEntry(last === undefined ? chainStart : { seq: last.seq, hash: last.hash }, one));
  }
  return entries;
};

const chain = fc.array(content, { minLength: 1, maxLength: 12 }).map(chained);
const headOf = (entries: readonly AuditEntry[]) => ({ seq: entries.at(-1)?.seq ?? 0, hash: entries.at(-1)?.hash ?? '' });
const at = (entries: readonly AuditEntry[], place: number) => place % entries.length;

property.prop([chain])('what was appended verifies, also after a way through JSON', (entries) => {
  const read = JSON.parse(JSON.stringify(entries)) as AuditEntry[];
  expect(verifyChain(read, headOf(entries))).toEqual({ state: 'whole', head: headOf(entries) });
});

const changes: Readonly<Record<string, (entry: AuditEntry) => AuditEntry>> = {
  seq: (entry) => ({ ...entry, seq: entry.seq + 1 }),
  at: (entry) => ({ ...entry, at: `1${entry.at.slice(1)}` }),
  actor: (entry) => ({ ...entry, actor: `${entry.actor} ` }),
  action: (entry) => ({ ...entry, action: `${entry.action}d` }),
  subject: (entry) => ({ ...entry, subject: entry.subject === null ? 'x' : null }),
  facts: (entry) => ({ ...entry, facts: { ...entry.facts, 'a new and long fact': 1 } }),
  prevHash: (entry) => ({ ...entry, prevHash: entry.prevHash.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) }),
  hash: (entry) => ({ ...entry, hash: entry.hash.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')) }),
};

property.prop([chain, fc.nat(), fc.constantFrom(...Object.keys(changes))])(
  'a change of any field shows at its entry',
  (entries, place, field) => {
    const index = at(entries, place);
    const changed = entries.map((entry, here) => (here === index ? (changes[field] ?? ((same) => same))(entry) : entry));
    expect(verifyChain(changed, headOf(entries))).toMatchObject({ state: 'broken', seq: index + 1 });
  },
);

property.prop([chain, fc.nat()])('a deleted entry shows, the last one by the head', (entries, place) => {
  const index = at(entries, place);
  expect(verifyChain(entries.toSpliced(index, 1), headOf(entries))).toMatchObject({ state: 'broken', seq: index + 1 });
});

property.prop([chain, content, fc.nat()])('an inserted entry shows, even when it is linked well', (entries, inserted, place) => {
  const index = place % (entries.length + 1);
  const before = entries[index - 1];
  const extra = nextEntry(before === undefined ? chainStart : headOf(entries.slice(0, index)), inserted);
  expect(verifyChain(entries.toSpliced(index, 0, extra), headOf(entries)).state).toBe('broken');
});

property.prop([chain, fc.nat(), fc.nat()])('entries that changed places show', (entries, one, other) => {
  const [first, second] = [at(entries, one), at(entries, other)].sort((left, right) => left - right);
  fc.pre(first !== second && first !== undefined && second !== undefined);
  const moved = entries.map((entry, here) => (here === first ? entries[second] : here === second ? entries[first] : entry));
  expect(verifyChain(moved as AuditEntry[], headOf(entries))).toEqual({ state: 'broken', seq: (first ?? 0) + 1, reason: 'gap' });
});

property.prop([chain, content])('a history rewritten with good hashes shows by the head', (entries, other) => {
  const [first] = entries;
  fc.pre(first !== undefined && JSON.stringify({ ...first, ...other }) !== JSON.stringify(first));
  const rewritten = chained([other, ...entries.slice(1)]);
  expect(verifyChain(rewritten).state).toBe('whole');
  expect(verifyChain(rewritten, headOf(entries))).toMatchObject({ state: 'broken', reason: 'head' });
});

test('the hash is what the published rule says, byte for byte', () => {
  // sha256 of 32 zero bytes and {"action":"client.merge","actor":"dpo","at":...,"facts":{"a":1,"b":2},"seq":1,"subject":null}
  const entry = nextEntry(chainStart, {
    at: '2026-01-02T03:04:05.006Z',
    actor: 'dpo',
    action: 'client.merge',
    subject: null,
    facts: { b: 2, a: 1 },
  });
  expect(entry.hash).toBe('49bc63a068dec88c5ced99cf11f1a6b8560473771c595b949fe94ccf13ba9d7c');
});

test('an empty log is whole', () => {
  expect(verifyChain([])).toEqual({ state: 'whole', head: chainStart });
});
