/** A column of a block: its values one after another in ClickHouse's own binary form, least byte first. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly rows: number;
  readonly bytes: Buffer;
}

const bytesOf = (values: NodeJS.TypedArray): Buffer => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

/** @param bytes 16 a row, in the order in which a UUID is written as hex */
export function uuidColumn(name: string, bytes: Buffer): Column {
  // two whole numbers, the first half of the text and the second
  return { name, type: 'UUID', rows: bytes.length / 16, bytes: Buffer.from(bytes).swap64() };
}

const typeOf = (values: Uint8Array | Uint16Array | Int32Array | BigInt64Array): string => {
  if (values instanceof BigInt64Array) return 'Int64';
  if (values instanceof Int32Array) return 'Int32';
  return values instanceof Uint16Array ? 'Date' : 'UInt8';
};

/** A column of numbers by their size: flags of one byte, days since 1970 of two, whole numbers of four and eight. */
export const numberColumn = (name: string, values: Uint8Array | Uint16Array | Int32Array | BigInt64Array): Column => ({
  name,
  type: typeOf(values),
  rows: values.length,
  bytes: bytesOf(values),
});

/** A column with the same number in every row. */
export const versionColumn = (name: string, version: string, rows: number): Column => ({
  name,
  type: 'UInt64',
  rows,
  bytes: bytesOf(new BigUint64Array(rows).fill(BigInt(version))),
});

const dayMs = 86_400_000;

const lastDay = 65_535;

/** A column of days. @param dayOf YYYY-MM-DD; what lies outside 1970 to June 2149 is told as the first or last day of that */
export function dateColumn<Row>(name: string, rows: readonly Row[], dayOf: (row: Row) => string): Column {
  const known = new Map<string, number>();
  const days = new Uint16Array(rows.length);
  rows.forEach((row, place) => {
    const text = dayOf(row);
    const day = known.get(text) ?? Math.min(lastDay, Math.max(0, Date.parse(`${text}T00:00:00Z`) / dayMs));
    known.set(text, day);
    days[place] = day;
  });
  return numberColumn(name, days);
}

/** A whole number as ClickHouse counts lengths: seven bits a byte, the last without the eighth. */
function lengthBytes(length: number): number[] {
  const bytes: number[] = [];
  for (let left = length; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) + 128);
  }
}

const textBytes = (text: string): Buffer => {
  const letters = Buffer.from(text, 'utf8');
  return Buffer.concat([Buffer.from(lengthBytes(letters.length)), letters]);
};

/** `SharedDictionariesWithAdditionalKeys`, and places of four bytes in keys that stand in the block itself. */
const keysVersion = 1n;
const keysHere = 0x2_00n;
const placesOfFourBytes = 2n;

/** A column of texts that recur, `LowCardinality(String)`: each text once, and where it stands. */
export function textColumn<Row>(name: string, rows: ArrayLike<Row> & Iterable<Row>, textOf: (row: Row) => string): Column {
  const keys = new Map<string, number>();
  const places = new Uint32Array(rows.length);
  let at = 0;
  for (const row of rows) {
    const text = textOf(row);
    const place = keys.get(text) ?? keys.size;
    if (place === keys.size) keys.set(text, place);
    places[at] = place;
    at += 1;
  }
  const head = BigUint64Array.of(keysVersion, keysHere | placesOfFourBytes, BigInt(keys.size));
  const bytes = [
    bytesOf(head),
    ...[...keys.keys()].map(textBytes),
    bytesOf(BigUint64Array.of(BigInt(rows.length))),
    bytesOf(places),
  ];
  return { name, type: 'LowCardinality(String)', rows: rows.length, bytes: Buffer.concat(bytes) };
}

/**
 * One block in the format `Native`, which ClickHouse takes as it keeps it: nothing is parsed, and a row costs it next to nothing to read.
 * @param columns as many rows each
 * @see https://clickhouse.com/docs/interfaces/formats/Native
 */
export function nativeBlock(columns: readonly Column[]): Buffer {
  const [{ rows } = { rows: 0 }] = columns;
  if (columns.some((column) => column.rows !== rows)) throw new TypeError('the columns of a block are equally long');
  return Buffer.concat([
    Buffer.from([...lengthBytes(columns.length), ...lengthBytes(rows)]),
    // a column of no rows is its name and type only
    ...columns.flatMap(({ name, type, bytes }) => [textBytes(name), textBytes(type), ...(rows === 0 ? [] : [bytes])]),
  ]);
}
