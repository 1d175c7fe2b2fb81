/**
 * One-dimensional arrays in PostgreSQL's binary form, as parameters of a statement: no quoting on this side, none to undo on the other.
 * Write the type beside them, `${texts(…)}::text[]`.
 * @see src/backend/utils/adt/arrayfuncs.c, array_recv; jsonb.c, jsonb_recv
 */
const oids = { bytea: 17, int8: 20, int4: 23, text: 25, float4: 700, uuid: 2950, jsonb: 3802 };
const headerBytes = 20;
const jsonbVersion = 1;
const isNull = -1;

type Item = string | Uint8Array | null;

const bytesOf = (item: Item, prefix: number): number => {
  if (item === null) return 4;
  return 4 + prefix + (typeof item === 'string' ? Buffer.byteLength(item) : item.length);
};

/** Writes dimensions, whether there are nulls, type, length and first index. @returns where the items begin */
function writeHeader(buffer: Buffer, oid: number, items: readonly unknown[]): number {
  let at = 0;
  for (const number of [1, items.includes(null) ? 1 : 0, oid, items.length, 1]) at = buffer.writeInt32BE(number, at);
  return at;
}

function array(oid: number, items: readonly Item[], version?: number): Buffer {
  const prefix = version === undefined ? 0 : 1;
  const buffer = Buffer.allocUnsafe(items.reduce((sum, item) => sum + bytesOf(item, prefix), headerBytes));
  let at = writeHeader(buffer, oid, items);
  const put = (number: number): void => {
    at = buffer.writeInt32BE(number, at);
  };
  for (const item of items) {
    if (item === null) {
      put(isNull);
      continue;
    }
    const start = at + 4;
    let end = start;
    if (version !== undefined) end = buffer.writeUInt8(version, end);
    if (typeof item === 'string') end += buffer.write(item, end);
    else {
      buffer.set(item, end);
      end += item.length;
    }
    put(end - start);
    at = end;
  }
  return buffer;
}

/** A `text[]`. */
export const texts = (items: readonly (string | null)[]): Buffer => array(oids.text, items);

/** A `jsonb[]` of JSON texts. */
export const jsons = (items: readonly string[]): Buffer => array(oids.jsonb, items, jsonbVersion);

/** A `bytea[]`. */
export const bytes = (items: readonly (Uint8Array | null)[]): Buffer => array(oids.bytea, items);

/** Items that all take `width` bytes. @param write puts one into the buffer, at that place */
function fixed<Value>(
  oid: number,
  width: number,
  items: readonly (Value | null)[],
  write: (buffer: Buffer, item: Value, at: number) => void,
): Buffer {
  const buffer = Buffer.allocUnsafe(headerBytes + items.length * (4 + width)); // nulls take less: the rest is cut off
  let at = writeHeader(buffer, oid, items);
  for (const item of items) {
    at = buffer.writeInt32BE(item === null ? isNull : width, at);
    if (item === null) continue;
    write(buffer, item, at);
    at += width;
  }
  return buffer.subarray(0, at);
}

/** A `bigint[]` of decimal numbers. */
export const bigints = (items: readonly (string | null)[]): Buffer =>
  fixed(oids.int8, 8, items, (buffer, item, at) => buffer.writeBigInt64BE(BigInt(item), at));

/** An `int[]`. */
export const ints = (items: readonly number[]): Buffer =>
  fixed(oids.int4, 4, items, (buffer, item, at) => buffer.writeInt32BE(item, at));

/** A `real[]`. */
export const reals = (items: readonly (number | null)[]): Buffer =>
  fixed(oids.float4, 4, items, (buffer, item, at) => buffer.writeFloatBE(item, at));

/** A `uuid[]`. */
export const uuids = (items: readonly (string | null)[]): Buffer =>
  fixed(oids.uuid, 16, items, (buffer, item, at) => buffer.write(item.replaceAll('-', ''), at, 'hex'));
