import type { MatchRecord } from '../../domain/identity/match-record.ts';

type Name = NonNullable<MatchRecord['name']>;

/**
 * Keeps equal names once: among a million records there are few, and each takes 700 bytes. The records that share one read it only.
 * Bounded, so that a file in which all names differ costs no more than it must.
 */
export class SharedNames {
  readonly #names = new Map<string, Name>();
  readonly #most: number;

  constructor(most = 500_000) {
    this.#most = most;
  }

  of(name: Name): Name {
    const key = `${name.given.join(' ')}|${name.family.join(' ')}|${name.generation ?? ''}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    if (this.#names.size < this.#most) this.#names.set(key, name);
    return name;
  }
}
