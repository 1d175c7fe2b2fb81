import { fc, test as property } from '@fast-check/vitest';
import { expect } from 'vitest';
import type { CompanyEvidence } from './companies.ts';
import { decidePeople } from './decide.ts';
import type { Evidence } from './evidence.ts';
import { matchRecord } from './match-record.ts';
import { matchWeight, shippedModel } from './match-model.ts';
import { resolve } from './resolve.ts';

const maybe = (...values: readonly string[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const people = fc
  .array(
    fc.record({
      givenName: maybe('Ana', 'Ana María', 'Luis', 'L.', 'José', 'Pepe'),
      familyName: maybe('García', 'García López', 'Gracía', 'Ruiz'),
      birthDate: maybe('1980-02-03', '1980-03-02', '1955-10-10'),
      taxId: maybe('12345678Z', '87654321X', '12345679Z'),
      email: maybe('ana@x.example', 'ana.garcia@x.example', 'info@x.example'),
      phone: maybe('+34600111222', '+34600111333'),
      postcode: maybe('28013', '08001'),
    }),
    { minLength: 2, maxLength: 12 },
  )
  .map((rows) =>
    rows.map(({ email, phone, postcode, ...fields }, place) =>
      matchRecord(`s:person:${String(place).padStart(3, '0')}`, 'person', {
        ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
        country: 'ES',
        ...(email === undefined ? {} : { emails: [email] }),
        ...(phone === undefined ? {} : { phones: [phone] }),
        ...(postcode === undefined ? {} : { addresses: [{ postcode }] }),
      }),
    ),
  );

const isOfPeople = (evidence: Evidence | CompanyEvidence | undefined): evidence is Evidence =>
  evidence !== undefined && 'given' in evidence;

property.prop([people], { numRuns: 1_000 })(
  'what is stored of a pair computes to its decision again: the weight from the evidence, the rule from both',
  (records) => {
    for (const { evidence, weight, outcome, rule } of resolve(records).decisions) {
      if (!isOfPeople(evidence)) throw new Error('two people have the evidence of companies');
      const again = matchWeight(evidence, shippedModel);
      expect(weight).toBe(Math.round(again * 100) / 100);
      const verdict = decidePeople(evidence, again);
      const isHeld = rule !== verdict.rule;
      expect(isHeld ? [`${verdict.rule}-held-by-conflict`, `${verdict.rule}-held-by-doubt`] : [verdict.rule]).toContain(rule);
      expect(outcome).toBe(isHeld ? 'review' : verdict.outcome);
      if (isHeld) expect(verdict.outcome).toBe('same');
    }
  },
);
