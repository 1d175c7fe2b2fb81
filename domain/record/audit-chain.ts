import { createHash } from 'node:crypto'; // hashing is pure: same text, same digest
import type { AuditEntry } from '../../schemas/types.ts';
import { canonicalJson } from './canonical-json.ts';

/** What an entry says, without its place in the chain. */
export type AuditContent = Omit<AuditEntry, 'seq' | 'prevHash' | 'hash'>;

/** A place in the chain: the last entry seen. */
export interface ChainPoint {
  readonly seq: number;
  readonly hash: string;
}

/** The place before the first entry. */
export const chainStart: ChainPoint = { seq: 0, hash: '0'.repeat(64) };

/**
 * The hash of an entry: SHA-256 over the hash before it (32 bytes) and the canonical JSON (RFC 8785) of what it says and its
 * number, as 64 hex digits.
 */
export function entryHash(prevHash: string, seq: number, content: AuditContent): string {
  const { at, actor, action, subject, facts } = content;
  const text = canonicalJson({ seq, at, actor, action, subject, facts });
  return createHash('sha256').update(Buffer.from(prevHash, 'hex')).update(text, 'utf8').digest('hex');
}

/** The entry that follows `last`. */
export function nextEntry(last: ChainPoint, content: AuditContent): AuditEntry {
  const seq = last.seq + 1;
  const { at, actor, action, subject, facts } = content;
  return { seq, at, actor, action, subject, facts, prevHash: last.hash, hash: entryHash(last.hash, seq, content) };
}

/** `broken` names the first entry that is not what was written, and how it shows. */
export type ChainVerdict =
  | { readonly state: 'whole'; readonly head: ChainPoint }
  | { readonly state: 'broken'; readonly seq: number; readonly reason: ChainBreak };

/**
 * `gap`: an entry is missing or out of order before this one; `link`: it does not follow the entry before it; `content`: it was
 * changed; `head`: the chain ends elsewhere than expected, so entries at its end are missing or replaced.
 */
export type ChainBreak = 'gap' | 'link' | 'content' | 'head';

/** How `entry` fails to follow `last`, if it does. */
export function breakAt(last: ChainPoint, entry: AuditEntry): ChainBreak | undefined {
  if (entry.seq !== last.seq + 1) return 'gap';
  if (entry.prevHash !== last.hash) return 'link';
  return entryHash(entry.prevHash, entry.seq, entry) === entry.hash ? undefined : 'content';
}

/**
 * Verifies a chain from its start, in O(n), with nothing but the entries.
 * @param entries n >= 0, in order of `seq`
 * @param head the last place as known from elsewhere (an export kept, a certificate); without it a cut end cannot show
 */
export function verifyChain(entries: Iterable<AuditEntry>, head?: ChainPoint): ChainVerdict {
  let last = chainStart;
  for (const entry of entries) {
    const reason = breakAt(last, entry);
    if (reason !== undefined) return { state: 'broken', seq: last.seq + 1, reason };
    last = { seq: entry.seq, hash: entry.hash };
  }
  if (head !== undefined && (head.seq !== last.seq || head.hash !== last.hash)) {
    return { state: 'broken', seq: Math.min(head.seq, last.seq) + 1, reason: 'head' };
  }
  return { state: 'whole', head: last };
}
