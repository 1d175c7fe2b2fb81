/** Sales and interactions as PostgreSQL holds them now, column by column. A client of zeros: gone, unresolved, or may not be counted. */
export interface ProjectedRecords {
  readonly rows: number;
  /** 8 bytes a row, most significant first. */
  readonly ids: Buffer;
  /** 16 bytes a row. */
  readonly clients: Buffer;
  /** First day of the month, in days since 1970. */
  readonly months: Int32Array;
  /** The month under which ClickHouse was noted to hold it; far before any calendar when it was not. */
  readonly projectedMonths: Int32Array;
  readonly amountCents: BigInt64Array;
  /** From a client's message to the next answer; -1 when there was none, or it is no message of a client. */
  readonly responseMinutes: Int32Array;
  readonly linkedSystems: readonly string[];
  readonly kinds: readonly string[];
  /** Empty where none is known, as the currencies. */
  readonly channels: readonly string[];
  readonly currencies: readonly string[];
}

/** The rows that a batch is written as: of which record, in which month, and whether it is there no longer. */
export interface EventRows {
  /** Of the record in its batch. */
  readonly places: Int32Array;
  /** Days since 1970 that ClickHouse can tell. */
  readonly months: Uint16Array;
  readonly deleted: Uint8Array;
}

const lastDay = 65_535;

/** Far before any calendar. */
const beforeAll = -1_000_000_000;

/** A day as ClickHouse can tell it: what lies outside 1970 to June 2149 is told as the first or last day of that. */
export const toldDay = (day: number): number => Math.min(lastDay, Math.max(0, day));

/** Which records have a client. */
function counted({ rows, clients }: ProjectedRecords): Uint8Array {
  const flags = new Uint8Array(rows);
  for (let place = 0; place < rows; place += 1) {
    const at = place * 16;
    flags[place] =
      clients.readUInt32LE(at) | clients.readUInt32LE(at + 4) | clients.readUInt32LE(at + 8) | clients.readUInt32LE(at + 12)
        ? 1
        : 0;
  }
  return flags;
}

/**
 * An event that moved to another month leaves the one it was in.
 * @param heldIn months in which ClickHouse holds a record, whatever was noted; left out where the notes are right
 */
export function eventRows(batch: ProjectedRecords, heldIn?: (place: number) => readonly number[]): EventRows {
  const present = counted(batch);
  const [places, months, deleted]: [number[], number[], number[]] = [[], [], []];
  const add = (place: number, month: number, gone: number): void => {
    places.push(place);
    months.push(month);
    deleted.push(gone);
  };
  for (let place = 0; place < batch.rows; place += 1) {
    const month = toldDay(batch.months[place] ?? 0);
    const noted = batch.projectedMonths[place] ?? beforeAll;
    if (heldIn !== undefined || noted > beforeAll) {
      const left = new Set(heldIn?.(place));
      if (noted > beforeAll) left.add(toldDay(noted));
      if (present[place] === 1) left.delete(month);
      for (const one of left) add(place, one, 1);
    }
    if (present[place] === 1) add(place, month, 0);
  }
  return { places: Int32Array.from(places), months: Uint16Array.from(months), deleted: Uint8Array.from(deleted) };
}

/** Whole numbers of four bytes at these places, one after another. */
export const int32sAt = (numbers: Int32Array, places: Int32Array): Int32Array => places.map((place) => numbers[place] ?? 0);

/** Those of eight bytes. */
export function int64sAt(numbers: BigInt64Array, places: Int32Array): BigInt64Array {
  const all = new BigInt64Array(places.length);
  places.forEach((place, row) => {
    all[row] = numbers[place] ?? 0n;
  });
  return all;
}
