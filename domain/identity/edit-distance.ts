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

/** Which letters a text has, by their last five bits. A change of one letter changes two of the bits at most, any other slip one or none. */
function lettersOf(text: string): number {
  let letters = 0;
  for (let at = 0; at < text.length; at += 1) letters |= 1 << (text.charCodeAt(at) & 31);
  return letters;
}

/** How many bits are set. @see H. Warren, Hacker's Delight, 5-1 */
function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/**
 * Damerau-Levenshtein distance (optimal string alignment) of two texts, or `most + 1` when they are further apart. Letters beyond the
 * 64th are not looked at. O(n·m), allocates nothing; texts of other letters are told apart in O(n + m).
 * @see R. Lowrance, R. Wagner, An extension of the string-to-string correction problem, 1975
 */
export function editDistance(one: string, other: string, most: number): number {
  const [rows, columns] = [Math.min(one.length, longest), Math.min(other.length, longest)];
  if (Math.abs(rows - columns) > most) return most + 1;
  const isWhole = rows === one.length && columns === other.length;
  if (isWhole && bitsIn(lettersOf(one) ^ lettersOf(other)) > 2 * most) return most + 1;
  let start = 0;
  while (start < rows && start < columns && one.charCodeAt(start) === other.charCodeAt(start)) start += 1;
  let end = 0;
  const shared = Math.min(rows, columns) - start;
  while (end < shared && one.charCodeAt(rows - 1 - end) === other.charCodeAt(columns - 1 - end)) end += 1;
  return distanceFrom(start, one, rows - start - end, other, columns - start - end, most);
}

/** The distance of so many letters of each text, from one place on. */
function distanceFrom(start: number, one: string, rows: number, other: string, columns: number, most: number): number {
  for (let column = 0; column <= columns; column += 1) last[column] = column;
  for (let row = 1; row <= rows; row += 1) {
    current[0] = row;
    let least = row;
    const letter = one.charCodeAt(start + row - 1);
    for (let column = 1; column <= columns; column += 1) {
      const place = start + column - 1;
      const isSame = letter === other.charCodeAt(place);
      let cost = Math.min((current[column - 1] ?? 0) + 1, (last[column] ?? 0) + 1, (last[column - 1] ?? 0) + (isSame ? 0 : 1));
      const isSwapped =
        row > 1 &&
        column > 1 &&
        letter === other.charCodeAt(place - 1) &&
        one.charCodeAt(start + row - 2) === other.charCodeAt(place);
      if (isSwapped) cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      current[column] = cost;
      if (cost < least) least = cost;
    }
    if (least > most) return most + 1;
    [beforeLast, last, current] = [last, current, beforeLast];
  }
  return Math.min(last[columns] ?? 0, most + 1);
}
