import { createHash } from 'node:crypto';

/** A place in an order that no change of other records moves; cut so short that it points to nobody. */
const placeOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 8);

/** One part of a listing. `through` is where the next run goes on; undefined after the last. */
export interface Part<Item> {
  readonly items: readonly Item[];
  readonly through: string | undefined;
}

/**
 * Cuts a listing that comes whole into parts of `size` and a few more, so that a run that broke off goes on after the part that it stored:
 * items of one place stay together, and one that comes or goes moves no other.
 * @param through of the part that was stored last; anything else starts from the beginning
 * @returns at least one part, in O(n log n)
 */
export function* inPlaces<Item>(
  all: readonly Item[],
  keyOf: (item: Item) => string,
  size: number,
  through?: unknown,
): Generator<Part<Item>> {
  const placed = all
    .map((item) => ({ item, place: placeOf(keyOf(item)) }))
    .filter(({ place }) => typeof through !== 'string' || place > through)
    .sort((one, other) => (one.place < other.place ? -1 : 1));
  let start = 0;
  do {
    let end = Math.min(start + size, placed.length);
    while (end > start && end < placed.length && placed[end]?.place === placed[end - 1]?.place) end += 1;
    yield {
      items: placed.slice(start, end).map(({ item }) => item),
      through: end < placed.length ? placed[end - 1]?.place : undefined,
    };
    start = end;
  } while (start < placed.length);
}
