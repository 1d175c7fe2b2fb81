import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { draftPlan, type LocatedRecord, type PlanTerms, planHash } from './plan.ts';
import { validatorFor } from '../../platform/validate.ts';
import { retentionPolicy as policy, verdictOn } from './retention-policy.ts';

const terms: PlanTerms = { type: 'erasure', policy, country: 'ES', today: '2026-11-23' };

const record = fc.record({
  recordHash: fc.stringMatching(/^[0-9a-f]{8}$/),
  systemId: fc.constantFrom('erp', 'mailer', 'helpdesk'),
  kind: fc.constantFrom('person', 'sale', 'interaction', 'consent', 'document', 'company'),
  saleKind: fc.constantFrom('quote', 'order', 'invoice', 'payment'),
  at: fc.constantFrom('2015-05-05T00:00:00.000Z', '2024-05-05T00:00:00.000Z'),
  erasable: fc.boolean(),
  exportable: fc.boolean(),
  anonymisable: fc.boolean(),
}) satisfies fc.Arbitrary<LocatedRecord>;
const located = fc.uniqueArray(record, { selector: ({ recordHash }) => recordHash, maxLength: 30 });

describe('the plan', () => {
  test.prop([located])('has one line per located record, and forgets none', (records) => {
    const lines = draftPlan(records, terms);
    expect(lines.map(({ recordHash }) => recordHash).sort()).toEqual(records.map(({ recordHash }) => recordHash).sort());
  });

  test.prop([located])('leaves the person for the end of each system', (records) => {
    const lines = draftPlan(records, terms);
    for (const [index, line] of lines.entries()) {
      const after = lines.slice(index + 1).filter(({ systemId }) => systemId === line.systemId);
      if (line.kind === 'person') expect(after.every(({ kind }) => kind === 'person')).toBe(true);
    }
  });

  test.prop([located, fc.nat()])('is the same, and has the same hash, in any order of finding', (records, turn) => {
    const cut = turn % (records.length + 1);
    const turned = [...records.slice(cut), ...records.slice(0, cut)];
    expect(draftPlan(turned, terms)).toEqual(draftPlan(records, terms));
    expect(planHash('r', draftPlan(turned, terms))).toEqual(planHash('r', draftPlan(records, terms).reverse()));
  });

  test.prop([located.filter((records) => records.length > 0)])('has another hash when any line is another', (records) => {
    const lines = draftPlan(records, terms);
    const hash = planHash('r', lines);
    expect(planHash('r', lines.slice(1))).not.toEqual(hash);
    expect(planHash('other', lines)).not.toEqual(hash);
    expect(
      planHash(
        'r',
        lines.map((line) => ({ ...line, until: '2030-01-01' })),
      ),
    ).not.toEqual(hash);
  });

  test('deletes a copy of what another system keeps by law, and keeps the original', () => {
    const order = { kind: 'sale', saleKind: 'order', at: '2024-05-05T00:00:00.000Z', erasable: true, exportable: true } as const;
    const lines = draftPlan(
      [
        { ...order, recordHash: 'aa', systemId: 'shop' },
        { ...order, recordHash: 'bb', systemId: 'mailer', copy: true },
        { ...order, recordHash: 'cc', systemId: 'other', copy: true, erasable: false },
      ],
      terms,
    );
    expect(Object.fromEntries(lines.map(({ systemId, action }) => [systemId, action]))).toEqual({
      shop: 'keep-until',
      mailer: 'delete',
      other: 'manual',
    });
  });

  test('that anonymises leaves people and sales there, emptied, where the system can; texts go, and what the law keeps is kept', () => {
    const of = { systemId: 'erp', erasable: true, exportable: true, anonymisable: true } as const;
    const quote = { ...of, kind: 'sale', saleKind: 'quote', at: '2024-05-05T00:00:00.000Z' } as const;
    const records = [
      { ...of, recordHash: 'aa', kind: 'person' },
      { ...quote, recordHash: 'bb' },
      { ...quote, recordHash: 'cc', saleKind: 'invoice' },
      { ...of, recordHash: 'dd', kind: 'interaction' },
      { ...quote, recordHash: 'ee', systemId: 'shop', anonymisable: false },
      { ...of, recordHash: 'ff', systemId: 'shop', kind: 'person', anonymisable: false },
    ] as const;
    const plan = (anonymise: boolean) =>
      draftPlan(records, { ...terms, anonymise }).map(({ recordHash, action }) => `${recordHash} ${action}`);
    expect(plan(true)).toEqual(['dd delete', 'cc keep-until', 'aa anonymise', 'bb anonymise', 'ee delete', 'ff delete']);
    expect(plan(false)).toEqual(['dd delete', 'bb delete', 'cc keep-until', 'aa delete', 'ee delete', 'ff delete']);
  });

  test('takes a policy that anonymises at its word: what its system cannot leave about nobody is for a person to do', () => {
    const own = { ...policy, countries: { ES: [{ kind: 'sale' as const, action: 'anonymise' as const }] } };
    const sale = { recordHash: 'aa', systemId: 'erp', kind: 'sale', erasable: true, exportable: true } as const;
    const action = (anonymisable: boolean) => draftPlan([{ ...sale, anonymisable }], { ...terms, policy: own })[0]?.action;
    expect([action(true), action(false)]).toEqual(['anonymise', 'manual']);
  });

  test.prop([located])('never acts where a system cannot erase', (records) => {
    const unable = new Set(records.filter(({ erasable }) => !erasable).map(({ recordHash }) => recordHash));
    const acting = draftPlan(records, terms).filter(({ action }) => action === 'delete' || action === 'anonymise');
    expect(acting.every(({ recordHash }) => !unable.has(recordHash))).toBe(true);
  });
});

describe('the retention policy', () => {
  const invoice = { kind: 'sale', saleKind: 'invoice', at: '2024-03-01T00:00:00.000Z' } as const;

  test('has its published shape', () => {
    expect(validatorFor('settings/retention-policy')(policy)).toEqual([]);
  });

  test('keeps an invoice to the end of its sixth year in Spain, its tenth in France and Italy', () => {
    expect(verdictOn(invoice, policy, 'ES', '2026-11-23')).toMatchObject({ action: 'keep-until', until: '2030-12-31' });
    expect(verdictOn(invoice, policy, 'FR', '2026-11-23')).toMatchObject({ action: 'keep-until', until: '2034-12-31' });
    expect(verdictOn(invoice, policy, undefined, '2026-11-23')).toMatchObject({ until: '2030-12-31' });
  });

  test('deletes what need not be kept any more', () => {
    expect(verdictOn(invoice, policy, 'ES', '2031-01-01')).toEqual({ action: 'delete' });
    expect(verdictOn(invoice, policy, 'ES', '2030-12-31')).toMatchObject({ action: 'keep-until' });
    expect(verdictOn({ kind: 'interaction' }, policy, 'ES', '2026-11-23')).toEqual({ action: 'delete' });
  });

  test('asks a person where no rule is known', () => {
    expect(verdictOn(invoice, policy, 'US', '2026-11-23')).toEqual({ action: 'manual' });
    expect(verdictOn({ kind: 'sale' }, policy, 'ES', '2026-11-23')).toEqual({ action: 'manual' });
    expect(verdictOn({ kind: 'company' }, policy, 'ES', '2026-11-23')).toEqual({ action: 'manual' });
  });
});
