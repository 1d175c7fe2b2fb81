import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type ExportFault, type ExportLine, type ExportReading, exportReader } from '../domain/privacy/audit-export.ts';
import { type CertificateFault, faultsOf } from '../domain/privacy/certificate.ts';
import type { PageLanguage } from '../domain/privacy/certificate-content.ts';
import { certificatePage } from '../domain/privacy/certificate-page.ts';
import { FichaError } from '../domain/record/error.ts';
import { problemsInWords, validatorFor } from '../platform/validate.ts';
import type { AuditEntry, AuditHead, ErasureCertificate } from '../schemas/types.ts';

/** A certificate and what is wrong with it; no database, no network. */
export interface CertificateCheck {
  readonly certificate: ErasureCertificate;
  readonly faults: readonly CertificateFault[];
}

const MAX_CERTIFICATE_BYTES = 32 * 1024 * 1024;

const parsed = (path: string): unknown => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new FichaError('file-unreadable', `${path} cannot be read`, { cause });
  }
  if (text.length > MAX_CERTIFICATE_BYTES) throw new FichaError('file-too-large', `${path} is too large for a certificate`);
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? JSON.parse(value) : value; // GraphQL gives the certificate as text
  } catch (cause) {
    throw new FichaError('not-json', `${path} is not JSON: a certificate is the file that \`ficha request certificate\` writes`, {
      cause,
    });
  }
};

/** Two same-named fields in one object are one document to some readers and another to others: refused. */
const repeatedFields = (path: string): readonly string[] => {
  const compact = readFileSync(path, 'utf8').replaceAll(/\s+/g, '');
  const again = JSON.stringify(parsed(path)).replaceAll(/\s+/g, '');
  return compact.length > again.length && !compact.includes('\\')
    ? ['a field is given twice, or a number is written in two ways']
    : [];
};

/**
 * Checks one certificate offline.
 * @param trustedKeyId key id that the controller published; without it only changes show, not who signed
 * @throws FichaError `file-unreadable`, `file-too-large`, `not-json`
 */
export function checkCertificate(path: string, trustedKeyId?: string): CertificateCheck {
  const certificate = parsed(path) as ErasureCertificate; // checked on the next line
  const problems = validatorFor('evidence/erasure-certificate')(certificate).map((problem) => problemsInWords([problem]));
  return { certificate, faults: faultsOf(certificate, [...problems, ...repeatedFields(path)], trustedKeyId) };
}

/** A valid certificate as a page to read and print. */
export const readablePage = (certificate: ErasureCertificate, language: PageLanguage): string =>
  certificatePage(certificate, language);

const lineOf = (text: string): ExportLine => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'bad', code: 'not-json', say: 'the line is not JSON: the file was cut or changed' };
  }
  const isHead = typeof value === 'object' && value !== null && 'head' in value;
  const problems = validatorFor(isHead ? 'evidence/audit-head' : 'evidence/audit-entry')(value);
  if (problems.length > 0) return { kind: 'bad', code: 'not-an-entry', say: problemsInWords(problems) };
  // the validators have just checked both shapes; a line must be written the one way that JSON.stringify writes it
  if (JSON.stringify(value) !== text)
    return { kind: 'bad', code: 'not-an-entry', say: 'the line is not written as Ficha writes it' };
  return isHead ? { kind: 'head', head: value as AuditHead } : { kind: 'entry', entry: value as AuditEntry };
};

/** A head known from elsewhere: an earlier export, a paper. */
export interface KnownHead {
  readonly seq: number;
  readonly hash: string;
}

/**
 * Checks an export of the audit log offline, in memory that does not grow with it.
 * @param known a head kept from elsewhere: shows that entries were not all written anew
 */
export async function checkAuditExport(path: string, trustedKeyId?: string, known?: KnownHead): Promise<ExportReading> {
  const reader = exportReader(trustedKeyId);
  let met: ExportFault | null = null;
  const input = createReadStream(path, 'utf8');
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const line = lineOf(text);
      if (reader.take(line) !== null) break;
      if (known !== undefined && line.kind === 'entry' && line.entry.seq === known.seq && line.entry.hash !== known.hash) {
        met = {
          line: 0,
          seq: known.seq,
          code: 'head',
          say: 'this entry is not the one of the head that you know: the log was written anew',
        };
      }
    }
  } catch (cause) {
    throw new FichaError('file-unreadable', `${path} cannot be read`, { cause });
  }
  const reading = reader.reading();
  if (known !== undefined && reading.end.seq < known.seq) {
    met ??= {
      line: 0,
      seq: reading.end.seq + 1,
      code: 'head',
      say: 'the log ends before the head that you know: its end was cut off',
    };
  }
  return { ...reading, fault: reading.fault ?? met };
}
