import { createHash } from 'node:crypto';
import type { CertifiedSystem, ErasureCertificate } from '../../schemas/types.ts';
import { canonicalJson } from '../record/canonical-json.ts';
import type { LineState } from './line-state.ts';
import type { SettledLine } from './outcome.ts';

export interface CertifiedLine extends SettledLine {
  readonly state: LineState;
}

/** One evidence row with all that is digested. */
export interface CertifiedEvidence {
  readonly id: string;
  readonly lineId: string | null;
  readonly systemId: string;
  readonly verb: string;
  readonly query?: string;
  readonly result: string;
  readonly status: number | null;
  readonly countBefore: number | null;
  readonly countAfter: number | null;
  readonly vendorRequestId: string | null;
  readonly digest: string | null;
  readonly at: string;
}

type Head = Omit<ErasureCertificate['body'], 'version' | 'systems' | 'evidence'>;

/** SHA-256 of the evidence rows as canonical JSON, hex: anyone with an export of the rows computes the same. */
export const evidenceDigest = (evidence: readonly CertifiedEvidence[]): string =>
  createHash('sha256').update(canonicalJson(evidence)).digest('hex');

const counted = (words: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
};

const keptIn = (lines: readonly CertifiedLine[]): CertifiedSystem['kept'] => {
  const kept = lines.flatMap(({ kind, until, legalBasis }) =>
    until === null || legalBasis === null ? [] : [{ kind, until, legalBasis }],
  );
  const counts = counted(kept.map((line) => canonicalJson(line)));
  return Object.entries(counts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([text, count]) => ({ ...(JSON.parse(text) as (typeof kept)[number]), count })); // written two lines above
};

/**
 * The certificate of one closed request: counts, codes and digests, nothing of the person.
 * @param evidence in order of time
 */
export function certificateBody(
  head: Head,
  systemIds: readonly string[],
  lines: readonly CertifiedLine[],
  evidence: readonly CertifiedEvidence[],
): ErasureCertificate['body'] {
  const systems = [...new Set([...systemIds, ...lines.map(({ systemId }) => systemId)])]
    .sort()
    .map((systemId): CertifiedSystem => {
      const own = lines.filter((line) => line.systemId === systemId);
      return {
        systemId,
        located: own.length,
        actions: counted(own.map(({ action, state }) => `${action}/${state}`)),
        kept: keptIn(own),
        evidence: evidenceDigest(evidence.filter((row) => row.systemId === systemId)),
      };
    });
  return { version: 1, ...head, systems, evidence: { count: evidence.length, digest: evidenceDigest(evidence) } };
}
