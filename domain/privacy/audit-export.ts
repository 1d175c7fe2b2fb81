import type { AuditEntry, AuditHead } from '../../schemas/types.ts';
import { breakAt, type ChainBreak, type ChainPoint, chainStart } from '../record/audit-chain.ts';
import { type SignatureFault, signatureFault, signBody } from './signature.ts';

/** Signs where the log stands. */
export function signHead({ seq, hash }: ChainPoint, day: string, signedAt: string, seed: Uint8Array): AuditHead {
  const head = { version: 1, day, seq, hash, signedAt } as const;
  return { head, signature: signBody(head, seed) };
}

/** Why an export is not believed, and where: its line, counted from 1, and the number of the entry where there is one. */
export interface ExportFault {
  readonly line: number;
  readonly seq: number | null;
  readonly code: 'not-json' | 'not-an-entry' | ChainBreak | `head-${SignatureFault}` | 'head-of-another-log';
  readonly say: string;
}

export interface ExportReading {
  readonly entries: number;
  readonly heads: number;
  /** The last signed head that holds; what comes after it is chained and not signed. */
  readonly signed: ChainPoint | null;
  readonly signedDay: string | null;
  readonly keyIds: readonly string[];
  readonly end: ChainPoint;
  readonly fault: ExportFault | null;
}

const chainWords: Readonly<Record<ChainBreak, string>> = {
  gap: 'an entry is missing before it, or it is out of order',
  link: 'it does not follow the entry before it: one of the two was replaced',
  content: 'what it says is not what was written',
  head: 'the log ends elsewhere than it did when it was signed',
};

const headWords: Readonly<Record<SignatureFault, string>> = {
  changed: 'the signed head was changed',
  'key-id': 'the key of the signed head does not have the id that it names',
  'other-key': 'another key signed it than the one you trust',
};

/** What a line of an export is: an entry, a signed head, or neither with the reason. */
export type ExportLine =
  | { readonly kind: 'entry'; readonly entry: AuditEntry }
  | { readonly kind: 'head'; readonly head: AuditHead }
  | { readonly kind: 'bad'; readonly code: 'not-json' | 'not-an-entry'; readonly say: string };

/**
 * Reads an export line by line and says at which line it stops being what was written. Memory does not grow with the log.
 * A head must stand right behind the entry that it names.
 * @param trustedKeyId id of the key that signs; without it a head signed by anybody is taken
 */
export function exportReader(trustedKeyId?: string): {
  readonly take: (line: ExportLine) => ExportFault | null;
  readonly reading: () => ExportReading;
} {
  let [line, entries, heads, last, signed, signedDay] = [0, 0, 0, chainStart, null as ChainPoint | null, null as string | null];
  let fault: ExportFault | null = null;
  const keyIds = new Set<string>();
  const faultOf = (given: ExportLine): ExportFault | null => {
    if (given.kind === 'bad') return { line, seq: null, code: given.code, say: given.say };
    if (given.kind === 'entry') {
      const code = breakAt(last, given.entry);
      return code === undefined ? null : { line, seq: last.seq + 1, code, say: chainWords[code] };
    }
    const { head, signature } = given.head;
    const code = signatureFault(head, signature, trustedKeyId);
    if (code !== undefined) return { line, seq: head.seq, code: `head-${code}`, say: headWords[code] };
    if (head.seq !== last.seq) return { line, seq: Math.min(head.seq, last.seq) + 1, code: 'head', say: chainWords.head };
    if (head.hash === last.hash) return null;
    return {
      line,
      seq: head.seq,
      code: 'head-of-another-log',
      say: 'the signed head and the entry before it are not of one log',
    };
  };
  const take = (given: ExportLine): ExportFault | null => {
    line += 1;
    fault ??= faultOf(given);
    if (fault !== null || given.kind === 'bad') return fault;
    if (given.kind === 'entry') {
      entries += 1;
      last = { seq: given.entry.seq, hash: given.entry.hash };
    } else {
      heads += 1;
      signed = last;
      signedDay = given.head.head.day;
      keyIds.add(given.head.signature.keyId);
    }
    return null;
  };
  return { take, reading: () => ({ entries, heads, signed, signedDay, keyIds: [...keyIds], end: last, fault }) };
}
