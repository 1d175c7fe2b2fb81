import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { certificateContent, pageLanguages } from '../domain/privacy/certificate-content.ts';
import { signCertificate } from '../domain/privacy/certificate.ts';
import { certificateBody, type CertifiedLine } from '../domain/privacy/certificate-body.ts';
import type { ErasureCertificate } from '../schemas/types.ts';
import { certificatePdf } from './certificate-pdf.ts';

const id = '0199a0c8-0000-7000-8000-000000000001';
const head = {
  requestId: id,
  type: 'erasure',
  outcome: 'complete-with-exceptions',
  receivedAt: '2026-11-23T09:00:00.000Z',
  dueAt: '2026-12-23T22:59:59.999Z',
  closedAt: '2026-11-23T11:00:00.000Z',
  planHash: 'ab'.repeat(32),
} as const;

const certificateOf = (systems: number, basis = 'Código de Comercio, art. 30'): ErasureCertificate => {
  const ids = Array.from({ length: systems }, (_, place) => `system-${place}`);
  const line = (systemId: string, more: Partial<CertifiedLine>): CertifiedLine => ({
    id,
    systemId,
    kind: 'person',
    action: 'delete',
    legalBasis: null,
    until: null,
    residue: [],
    state: 'verified',
    ...more,
  });
  const kept = { kind: 'sale', action: 'keep-until', until: '2032-12-31', legalBasis: basis, state: 'kept' } as const;
  const lines = ids.flatMap((systemId) => [line(systemId, {}), line(systemId, kept)]);
  return signCertificate(certificateBody(head, ids, lines, []), Buffer.alloc(32, 3));
};

/** The texts drawn on the pages: hexadecimal strings of the operator TJ, in WinAnsi. */
const textOf = (pdf: Buffer): string => {
  const raw = pdf.toString('latin1');
  const pages = [...raw.matchAll(/FlateDecode\n>>\nstream\n([\s\S]*?)\nendstream/g)].map(([, body = '']) =>
    inflateSync(Buffer.from(body, 'latin1')).toString('latin1'),
  );
  const drawn = pages
    .join('\n')
    .split('\n')
    .filter((line) => line.endsWith(' TJ'));
  return drawn
    .map((line) =>
      [...line.matchAll(/<([0-9a-f]+)>/g)].map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1')).join(''),
    )
    .join(' ');
};
const squeezed = (text: string): string => text.replaceAll(/\s+/g, '').replaceAll('’', '\x92');

test('a certificate as PDF says all that the page says, in every language, and names its language to a screen reader', async () => {
  const certificate = certificateOf(3);
  for (const language of pageLanguages) {
    const pdf = await certificatePdf(certificate, language);
    const { title, law, outcome, facts, head: columns, rows, proofs, check, none } = certificateContent(certificate, language);
    const drawn = squeezed(textOf(pdf));
    const said = [title, law, outcome, check, none, ...facts.flat(), ...columns, ...proofs.flat()];
    for (const text of [...said, ...rows.flatMap(({ systemId, done, kept }) => [systemId, ...done, ...kept])]) {
      expect(drawn, language).toContain(squeezed(text));
    }
    const raw = pdf.toString('latin1');
    expect(raw).toContain(`/Lang (${language})`);
    expect(raw).toMatch(/\/S \/Table\b/);
    expect(raw).toMatch(/\/S \/TH\b/);
    expect(raw).toContain('/Marked true');
  }
});

test('the same certificate gives the same bytes', async () => {
  const certificate = certificateOf(2);
  expect((await certificatePdf(certificate, 'fr')).equals(await certificatePdf(certificate, 'fr'))).toBe(true);
});

test('one of a hundred systems goes over pages; letters that no reader has become a question mark and nothing breaks', async () => {
  const pdf = await certificatePdf(certificateOf(100, 'Закон ①'), 'es');
  expect(pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(3);
  expect(textOf(pdf)).toContain('system-99');
  expect(textOf(pdf)).toContain('????? ?');
});
