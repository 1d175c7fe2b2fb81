import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { signHead } from '../domain/privacy/audit-export.ts';
import { signCertificate } from '../domain/privacy/certificate.ts';
import { pageLanguages } from '../domain/privacy/certificate-content.ts';
import { chainStart, nextEntry } from '../domain/record/audit-chain.ts';
import type { AuditEntry, ErasureCertificate } from '../schemas/types.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { checkAuditExport, checkCertificate, readablePage } from './verify-evidence.ts';

/** `npm run chaos` runs all. */
const full = process.env['FICHA_CHAOS_REPORT'] !== undefined;

const seed = Buffer.alloc(32, 7);
const at = (day: number): string => `2026-03-${String(day).padStart(2, '0')}T10:00:00.000Z`;
const folder = temporaryFolder();

const kept = (text: string | Buffer): string => {
  const path = join(folder, 'file.json');
  writeFileSync(path, text);
  return path;
};

const body: ErasureCertificate['body'] = {
  version: 1,
  requestId: '0199b6f0-0000-7000-8000-000000000001',
  type: 'erasure',
  outcome: 'complete-with-exceptions',
  receivedAt: at(1),
  dueAt: at(30),
  closedAt: at(3),
  planHash: 'ab'.repeat(32),
  systems: [
    {
      systemId: 'erp',
      located: 3,
      actions: { 'delete/verified': 2, 'keep-until/kept': 1 },
      kept: [{ kind: 'sale', count: 1, until: '2032-12-31', legalBasis: 'Código de Comercio, art. 30' }],
      evidence: 'cd'.repeat(32),
    },
  ],
  evidence: { count: 9, digest: 'ef'.repeat(32) },
};
const certificate = signCertificate(body, seed);
const text = JSON.stringify(certificate, null, 2);

describe('a certificate', () => {
  test('that was not touched holds, however it is laid out', () => {
    for (const whole of [text, JSON.stringify(certificate), JSON.stringify(JSON.stringify(certificate))])
      expect(checkCertificate(kept(whole), certificate.signature.keyId).faults).toEqual([]);
  });

  test.prop([fc.nat(), fc.integer({ min: 1, max: 255 })], { numRuns: full ? 1_000 : 300 })(
    'with one byte changed never holds',
    (where, by) => {
      const bytes = Buffer.from(JSON.stringify(certificate));
      const place = where % bytes.length;
      bytes[place] = (bytes[place] ?? 0) ^ by;
      let faults = 0;
      try {
        const check = checkCertificate(kept(bytes), certificate.signature.keyId);
        // a byte of white space in place of another says the same
        faults = JSON.stringify(check.certificate) === JSON.stringify(certificate) ? 1 : check.faults.length;
      } catch {
        faults = 1;
      }
      expect(faults).toBeGreaterThan(0);
    },
  );

  const tampered: readonly (readonly [string, string, string])[] = [
    ['a count', text.replace('"located": 3', '"located": 2'), 'changed'],
    ['the outcome', text.replace('complete-with-exceptions', 'complete'), 'changed'],
    ['a field that is given twice', text.replace('"version": 1,', '"version": 1, "version": 1,'), 'not-a-certificate'],
    ['the key', text.replace(certificate.signature.keyId, '0'.repeat(16)), 'key-id'],
    ['a missing field', text.replace(/"planHash": "[a-f0-9]+",/, ''), 'not-a-certificate'],
    ['another signer', JSON.stringify(signCertificate(body, Buffer.alloc(32, 8))), 'other-key'],
    ['signed nonsense', JSON.stringify(signCertificate({ ...body, closedAt: '2020-01-01T00:00:00.000Z' }, seed)), 'cannot-be'],
  ];
  test.each(tampered)('with %s changed is refused, and the fault has a name', (_what, changed, code) => {
    const { faults } = checkCertificate(kept(changed), certificate.signature.keyId);
    expect(faults.map((fault) => fault.code)).toContain(code);
  });

  test('is a page in four languages that says the same, loads nothing and runs nothing', () => {
    for (const language of pageLanguages) {
      const page = readablePage(certificate, language);
      for (const part of [body.requestId, '2032-12-31', 'Código de Comercio', certificate.signature.value])
        expect(page).toContain(part);
      expect(page).toContain(`lang="${language}"`);
      expect(page).not.toMatch(/<script|src=|href=|undefined/);
    }
  });
});

const entries: AuditEntry[] = [];
for (let seq = 1, last = chainStart; seq <= 12; seq += 1) {
  const content = {
    at: at(1 + Math.floor(seq / 4)),
    actor: 'dpo-1',
    action: 'request.open',
    subject: `r-${seq}`,
    facts: { seq },
  };
  const entry = nextEntry(last, content);
  entries.push(entry);
  last = { seq, hash: entry.hash };
}
const headAt = (seq: number) => JSON.stringify(signHead({ seq, hash: entries[seq - 1]?.hash ?? '' }, '2026-03-02', at(9), seed));
const { keyId } = certificate.signature;
const lines = entries.flatMap((entry) => [JSON.stringify(entry), ...(entry.seq % 4 === 0 ? [headAt(entry.seq)] : [])]);
const asFile = (all: readonly string[]): string => kept(all.map((line) => `${line}\n`).join(''));
const codeOf = async (all: readonly string[], known?: { readonly seq: number; readonly hash: string }) =>
  (await checkAuditExport(asFile(all), keyId, known)).fault?.code;

describe('an export of the audit log', () => {
  test('that was not touched holds, and says up to where it is signed', async () => {
    const reading = await checkAuditExport(asFile(lines), keyId);
    expect(reading).toMatchObject({ fault: null, entries: 12, heads: 3, signed: { seq: 12 }, keyIds: [keyId] });
  });

  test.prop([fc.nat(), fc.integer({ min: 1, max: 255 })], { numRuns: full ? 1_000 : 250 })(
    'with one byte changed never holds',
    async (where, by) => {
      const bytes = Buffer.from(lines.join('\n'));
      const place = where % bytes.length;
      bytes[place] = (bytes[place] ?? 0) ^ by;
      if (bytes.toString().replaceAll(/\r\n?/g, '\n') === lines.join('\n')) return; // another end of a line says the same
      const { fault, signed } = await checkAuditExport(kept(bytes), keyId);
      expect(fault !== null || signed?.seq !== 12).toBe(true);
    },
  );

  test.prop([fc.nat({ max: 14 }), fc.nat({ max: 14 })], { numRuns: 60 })(
    'with lines taken out, repeated or exchanged never holds',
    async (a, b) => {
      const without = lines.filter((_, place) => place !== a);
      const twice = lines.flatMap((line, place) => (place === a ? [line, line] : [line]));
      const exchanged = lines.map((line, place) => (place === a ? (lines[b] ?? '') : place === b ? (lines[a] ?? '') : line));
      if (!lines[a]?.includes('"head"')) {
        expect(await codeOf(without)).toBeDefined();
        expect(await codeOf(twice)).toBeDefined();
      }
      if (a !== b) expect(await codeOf(exchanged)).toBeDefined();
    },
  );

  test('whose end was cut, or that was written anew, shows against a head that somebody kept', async () => {
    const known = { seq: 12, hash: entries[11]?.hash ?? '' };
    expect(await codeOf(lines.slice(0, 9), known)).toBe('head');
    const anew = nextEntry({ seq: 11, hash: entries[10]?.hash ?? '' }, {
      ...entries[0],
      at: at(3),
      actor: 'mallory',
    } as AuditEntry);
    expect(
      await codeOf(
        [...entries.slice(0, 11), anew].map((entry) => JSON.stringify(entry)),
        known,
      ),
    ).toBe('head');
  });

  test('with a head that somebody else signed, or of another log, is refused by name', async () => {
    const other = JSON.stringify(signHead({ seq: 12, hash: entries[11]?.hash ?? '' }, '2026-03-02', at(9), Buffer.alloc(32, 9)));
    expect(await codeOf([...lines, other])).toBe('head-other-key');
    const foreign = JSON.stringify(signHead({ seq: 12, hash: 'aa'.repeat(32) }, '2026-03-02', at(9), seed));
    expect(await codeOf([...lines, foreign])).toBe('head-of-another-log');
    expect(await codeOf(['no json'])).toBe('not-json');
  });
});
