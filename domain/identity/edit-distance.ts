/** Rows of the table that is worked on; one process compares one pair at a time. */
const longest = 64;
let beforeLast = new Uint8Array(longest + 1);
let last = new Uint8Array(longest + 1);
let current = new Uint8Array(longest + 1);

/** Whether two texts are one slip apart: a letter left out, added, changed, or two neighbours swapped. O(n), allocates nothing. */
export function isOneSlip(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (long.length - short.length > 1) return false;
  let at = 0;
  while (at < short.length && short.charCodeAt(at) === long.charCodeAt(at)) at += 1;
  if (short.length < long.length) return endAlike(short, at, long, at + 1);
  if (endAlike(short, at + 1, long, at + 1)) return true;
  return short[at] === long[at + 1] && short[at + 1] === long[at] && endAlike(short, at + 2, long, at + 2);
}

/** Whether two texts are the same from a place each; looks from the end, where texts that begin alike differ soonest. */
function endAlike(one: string, from: number, other: string, otherFrom: number): boolean {
  let rest = one.length - from;
  if (rest !== other.length - otherFrom) return false;
  while (rest > 0 && one.charCodeAt(from + rest - 1) === other.charCodeAt(otherFrom + rest - 1)) rest -= 1;
  return rest <= 0;
}

/**
 * Damerau-Levenshtein distance (optimal string alignment) of two texts, or `most + 1` when they are further apart. Letters beyond the
 * 64th are not looked at. O(n·m), allocates nothing.
 * @see R. Lowrance, R. Wagner, An extension of the string-to-string correction problem, 1975
 */
export function editDistance(one: string, other: string, most: number): number {
  const [rows, columns] = [Math.min(one.length, longest), Math.min(other.length, longest)];
  if (Math.abs(rows - columns) > most) return most + 1;
  for (let column = 0; column <= columns; column += 1) last[column] = column;
  for (let row = 1; row <= rows; row += 1) {
    current[0] = row;
    let least = row;
    const letter = one.charCodeAt(row - 1);
    for (let column = 1; column <= columns; column += 1) {
      const isSame = letter === other.charCodeAt(column - 1);
      let cost = Math.min((current[column - 1] ?? 0) + 1, (last[column] ?? 0) + 1, (last[column - 1] ?? 0) + (isSame ? 0 : 1));
      const isSwapped =
        row > 1 &&
        column > 1 &&
        letter === other.charCodeAt(column - 2) &&
        one.charCodeAt(row - 2) === other.charCodeAt(column - 1);
      if (isSwapped) cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      current[column] = cost;
      if (cost < least) least = cost;
    }
    if (least > most) return most + 1;
    [beforeLast, last, current] = [last, current, beforeLast];
  }
  return Math.min(last[columns] ?? 0, most + 1);
}
