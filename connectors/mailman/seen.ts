import { createHash } from 'node:crypto';
import type { Cursor } from '../kit/contract.ts';

/** On which side of a purpose a person was last seen, and since when (UTC seconds; 0: since before the first reading). */
export interface Side {
  readonly side: 'in' | 'out';
  readonly since: number;
}

const width = 11;

/**
 * What earlier runs saw of each person and purpose: the only way to tell someone who left a list from someone who never was on it.
 * It is the `memory` of the cursor, which a full run keeps. Keys are cut hashes of the user's random id, never of an address, so that the cursor holds no personal data.
 */
export class Seen {
  readonly #sides = new Map<string, Side>();

  static key(purpose: string, userId: string): string {
    return createHash('sha256').update(`${purpose}\n${userId}`).digest('hex').slice(0, 12);
  }

  static from(cursor: Cursor | null): Seen {
    const seen = new Seen();
    if (cursor?.version !== 1 || typeof cursor.memory !== 'string') return seen;
    const bytes = Buffer.from(cursor.memory, 'base64');
    for (let at = 0; at + width <= bytes.length; at += width) {
      const side = bytes.readUInt8(at + 6) === 1 ? 'in' : 'out';
      seen.set(bytes.toString('hex', at, at + 6), { side, since: bytes.readUInt32BE(at + 7) });
    }
    return seen;
  }

  get(key: string): Side | undefined {
    return this.#sides.get(key);
  }

  set(key: string, side: Side): void {
    this.#sides.set(key, side);
  }

  toCursor(): Cursor {
    const bytes = Buffer.alloc(this.#sides.size * width);
    let at = 0;
    for (const [key, { side, since }] of [...this.#sides].sort(([a], [b]) => (a < b ? -1 : 1))) {
      bytes.write(key, at, 'hex');
      bytes.writeUInt8(side === 'in' ? 1 : 0, at + 6);
      bytes.writeUInt32BE(since, at + 7);
      at += width;
    }
    return { version: 1, memory: bytes.toString('base64') };
  }
}
