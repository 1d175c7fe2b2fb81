import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { judgeLine } from './line-state.ts';
import { type Circumstances, type EvidenceFact, settleOutcome, type SettledLine } from './outcome.ts';

const given: Circumstances = {
  systemIds: ['erp'],
  openQuestions: 0,
  now: '2026-11-23T10:00:00.000Z',
  dueAt: '2026-12-23T22:59:59.999Z',
};
const line = (id: string, more: Partial<SettledLine> = {}): SettledLine => ({
  id,
  systemId: 'erp',
  kind: 'person',
  action: 'delete',
  legalBasis: null,
  until: null,
  residue: [],
  ...more,
});
const said = (verb: string, result: string, lineId: string | null = 'a', count: number | null = null): EvidenceFact => ({
  lineId,
  systemId: 'erp',
  verb,
  result,
  count,
});
const located = (count: number): EvidenceFact => said('locate', 'found', null, count);
const outcome = (lines: readonly SettledLine[], evidence: readonly EvidenceFact[], more: Partial<Circumstances> = {}) =>
  settleOutcome(lines, evidence, { ...given, ...more }).outcome;

describe('the outcome', () => {
  test('is complete when every line was acted on and read back absent', () => {
    expect(outcome([line('a')], [located(1), said('erase', 'done'), said('verify', 'gone')])).toBe('complete');
  });

  test('of a person whom no system knows is complete, with evidence that each was asked', () => {
    expect(outcome([], [located(0)])).toBe('complete');
    expect(outcome([], [])).toBe('needs-attention');
    expect(outcome([], [], { systemIds: [] })).toBe('needs-attention');
  });

  test('is not complete on a yes without a read-back, or on a read-back older than the act', () => {
    expect(outcome([line('a')], [located(1), said('erase', 'done')])).toBe('needs-attention');
    expect(outcome([line('a')], [located(1), said('verify', 'gone'), said('erase', 'done')])).toBe('needs-attention');
  });

  test('is not complete when the system says done and still holds the row', () => {
    expect(outcome([line('a')], [located(1), said('erase', 'done'), said('verify', 'present')])).toBe('needs-attention');
  });

  test('is not complete when 2 were located and 1 was planned, or 0 are found on a retry', () => {
    const acted = [said('erase', 'done'), said('verify', 'gone')];
    expect(outcome([line('a')], [located(2), ...acted])).toBe('needs-attention');
    expect(outcome([], [located(1), ...acted, located(0)])).toBe('needs-attention');
    expect(outcome([line('a'), line('b')], [located(2), ...acted])).toBe('needs-attention');
  });

  test('is not complete with a partial erasure whose rest has no date', () => {
    const rest = line('a', { residue: [{ where: 'notes', due: null }] });
    expect(outcome([rest], [located(1), said('erase', 'partial'), said('verify', 'gone')])).toBe('needs-attention');
  });

  test('waits while the vendor keeps a bin with a date', () => {
    const rest = line('a', { residue: [{ where: 'recycle bin', due: '2026-12-08' }] });
    expect(outcome([rest], [located(1), said('erase', 'done'), said('verify', 'pending')])).toBe('waiting');
  });

  test('names the exceptions: an invoice kept by law, and the party that hangs from it', () => {
    const kept = line('b', { kind: 'sale', action: 'keep-until', until: '2030-12-31', legalBasis: 'law' });
    const party = line('a', { residue: [{ where: 'invoice', due: null }] });
    const acted = [said('erase', 'partial'), said('verify', 'present')];
    expect(outcome([kept, party], [located(2), ...acted])).toBe('complete-with-exceptions');
    expect(outcome([party], [located(1), ...acted])).toBe('needs-attention');
  });

  test('is not complete while a question about a namesake is open', () => {
    const done = [located(1), said('erase', 'done'), said('verify', 'gone')];
    expect(outcome([line('a')], done, { openQuestions: 1 })).toBe('needs-attention');
    expect(outcome([line('a')], done, { beyondReach: 1 })).toBe('needs-attention');
    expect(outcome([line('a')], done, { untoldRecipients: 1 })).toBe('needs-attention');
    expect(outcome([line('a')], done, { blockedBefore: { held: 1, open: 1 } })).toBe('needs-attention');
    expect(outcome([line('a')], done, { blockedBefore: { held: 1, open: 0 } })).toBe('complete-with-exceptions');
  });

  test.prop([fc.subarray([0, 1, 2, 3, 4, 5, 6, 7, 8])])('is never complete with any one piece of evidence missing', (kept) => {
    const lines = [line('a'), line('b'), line('c')];
    const all = [
      located(3),
      ...['a', 'b', 'c'].flatMap((id) => [said('erase', 'done', id), said('verify', 'gone', id)]),
      { ...located(0), systemId: 'mailer' },
      { ...located(0), systemId: 'helpdesk' },
    ];
    const evidence = all.filter((_fact, index) => kept.includes(index));
    const result = outcome(lines, evidence, { systemIds: ['erp', 'mailer', 'helpdesk'] });
    expect(result === 'complete').toBe(evidence.length === all.length);
  });

  test.prop([
    fc.constantFrom('done', 'accepted', 'refused', 'partial', 'already-gone'),
    fc.constantFrom('present', 'pending', 'unknowable'),
    fc.array(fc.record({ where: fc.constantFrom('bin', 'notes'), due: fc.constantFrom(null, '2020-01-01', '2027-01-01') }), {
      maxLength: 3,
    }),
  ])('is never complete unless the record was read back as gone', (erased, verified, residue) => {
    const result = outcome([line('a', { residue })], [located(1), said('erase', erased), said('verify', verified)]);
    expect(['needs-attention', 'waiting']).toContain(result);
  });
});

describe('a line after its read-back', () => {
  const reading = {
    erased: 'done',
    verified: 'pending',
    residue: [],
    keptKinds: [],
    now: given.now,
    dueAt: given.dueAt,
  } as const;

  test('is read again the day after the vendor has promised to purge', () => {
    const residue = [{ where: 'bin', due: '2026-12-08' }];
    expect(judgeLine({ ...reading, residue })).toEqual({ state: 'grace', recheckAt: '2026-12-09T00:00:00.000Z' });
  });

  test('needs a person when the promise is broken by two days', () => {
    const residue = [{ where: 'bin', due: '2026-12-08' }];
    expect(judgeLine({ ...reading, residue, now: '2026-12-09T00:00:00.000Z' }).state).toBe('grace');
    expect(judgeLine({ ...reading, residue, now: '2026-12-10T00:00:00.000Z' }).state).toBe('needs-attention');
  });

  test('waits for an accepted job only until the deadline of the request', () => {
    expect(judgeLine({ ...reading, erased: 'accepted', verified: 'present' }).state).toBe('grace');
    expect(judgeLine({ ...reading, erased: 'accepted', verified: 'present', now: '2026-12-24T00:00:00.000Z' }).state).toBe(
      'needs-attention',
    );
  });
});
