import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { validatorFor } from '../../platform/validate.ts';
import type { ErasureCertificate } from '../../schemas/types.ts';
import { signCertificate, verifyCertificate } from './certificate.ts';
import { type CertifiedEvidence, type CertifiedLine, certificateBody } from './certificate-body.ts';

const seed = Buffer.alloc(32, 3);
const id = '0199a0c8-0000-7000-8000-000000000001';
const line = (more: Partial<CertifiedLine>): CertifiedLine => ({
  id,
  systemId: 'erp',
  kind: 'person',
  action: 'delete',
  legalBasis: null,
  until: null,
  residue: [],
  state: 'verified',
  ...more,
});
const kept = line({ kind: 'sale', action: 'keep-until', until: '2030-12-31', legalBasis: 'law', state: 'kept' });
const row: CertifiedEvidence = {
  id,
  lineId: null,
  systemId: 'erp',
  verb: 'locate',
  result: 'found',
  status: 200,
  countBefore: null,
  countAfter: 3,
  vendorRequestId: null,
  digest: 'aa',
  at: '2026-11-23T10:00:00.000Z',
};
const head = {
  requestId: id,
  type: 'erasure',
  outcome: 'complete-with-exceptions',
  receivedAt: '2026-11-23T09:00:00.000Z',
  dueAt: '2026-12-23T22:59:59.999Z',
  closedAt: '2026-11-23T11:00:00.000Z',
  planHash: 'ab'.repeat(32),
} as const;
const certificate = signCertificate(certificateBody(head, ['erp', 'mailer'], [line({}), kept, kept], [row]), seed);

describe('the certificate', () => {
  test('has the published shape and checks out offline', () => {
    expect(validatorFor('evidence/erasure-certificate')(certificate)).toEqual([]);
    expect(verifyCertificate(certificate, certificate.signature.keyId)).toBe('valid');
  });

  test('counts what was done, and names what is kept, why and until when', () => {
    expect(certificate.body.systems).toMatchObject([
      {
        systemId: 'erp',
        located: 3,
        actions: { 'delete/verified': 1, 'keep-until/kept': 2 },
        kept: [{ kind: 'sale', count: 2, until: '2030-12-31' }],
      },
      { systemId: 'mailer', located: 0, kept: [] },
    ]);
  });

  test('of another signer does not pass for ours', () => {
    const forged = signCertificate(certificate.body, Buffer.alloc(32, 4));
    expect(verifyCertificate(forged)).toBe('valid');
    expect(verifyCertificate(forged, certificate.signature.keyId)).toBe('other-key');
  });

  test.prop([fc.nat(), fc.integer({ min: 1, max: 35 })], {
    numRuns: process.env['FICHA_CHAOS_REPORT'] === undefined ? 500 : 1_000,
  })('shows a change of any one character', (place, shift) => {
    const text = JSON.stringify(certificate);
    const at = place % text.length;
    const character = text[at] ?? '';
    const others = 'abcdefghijklmnopqrstuvwxyz0123456789'.replace(character, '');
    const changed = text.slice(0, at) + others[shift % others.length] + text.slice(at + 1);
    let parsed: unknown;
    try {
      parsed = JSON.parse(changed);
    } catch {
      return; // no certificate any more
    }
    const wellFormed = validatorFor('evidence/erasure-certificate')(parsed).length === 0;
    const valid = wellFormed && verifyCertificate(parsed as ErasureCertificate, certificate.signature.keyId) === 'valid'; // checked by ajv
    const same = JSON.stringify(parsed) === text;
    expect(valid && !same && !sameSignatureBytes(parsed as ErasureCertificate)).toBe(false);
  });
});

/** The last base64url character carries bits that no decoder reads: another text, the same bytes, nothing changed. */
const sameSignatureBytes = (other: ErasureCertificate): boolean =>
  JSON.stringify(other.body) === JSON.stringify(certificate.body) &&
  Buffer.from(other.signature.value, 'base64url').equals(Buffer.from(certificate.signature.value, 'base64url')) &&
  Buffer.from(other.signature.publicKey, 'base64url').equals(Buffer.from(certificate.signature.publicKey, 'base64url'));
