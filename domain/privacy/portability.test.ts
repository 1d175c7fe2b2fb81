import { fc, test } from '@fast-check/vitest';
import { parse } from 'csv-parse/sync';
import { expect } from 'vitest';
import { validatorFor } from '../../platform/validate.ts';
import { portabilityPackage } from './portability.ts';

const requestId = '0199a0c8-0000-7000-8000-000000000001';
const packed = (values: readonly string[]) =>
  portabilityPackage({
    requestId,
    madeAt: '2026-11-23T10:00:00.000Z',
    systems: [
      { systemId: 'erp', title: 'ERP', records: [{ kind: 'person', externalId: '1', fields: { name: 'x' }, attachments: [] }] },
    ],
    records: values.map((value, index) => {
      return { systemId: 'erp', kind: 'person', externalId: String(index), canonical: { fullName: value, emails: [value] } };
    }),
  });

test.prop([fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 5 })])(
  'the package has its published shape, and its CSV gives every value back',
  (values) => {
    const made = packed(values);
    expect(validatorFor('evidence/portability-package')(made)).toEqual([]);
    const rows = parse(made.csv['person'] ?? '', { columns: true, bom: false }) as Record<string, string>[];
    expect(rows.map((row) => (row['fullName'] ?? '').replace(/^'(?=[=@+\t\r-])/, ''))).toEqual(
      values.map((value) => value.replace(/^'(?=[=@+\t\r-])/, '')),
    );
  },
);

test('a value that a spreadsheet would run is text, a telephone is not touched', () => {
  const csv = packed(['=HYPERLINK("x")', '+34 600 000 000', '+cmd|x']).csv['person'] ?? '';
  expect(csv).toContain(`"'=HYPERLINK(""x"")"`);
  expect(csv).toContain(',+34 600 000 000\r\n');
  expect(csv).toContain(`,'+cmd|x\r\n`);
});
