/**
 * One-dimensional arrays in PostgreSQL's binary form, as parameters of a statement: no quoting on this side, none to undo on the other.
 * Write the type beside them, `${texts(…)}::text[]`.
 * @see src/backend/utils/adt/arrayfuncs.c, array_recv; jsonb.c, jsonb_recv
 */
const oids = { bytea: 17, int8: 20, text: 25, jsonb: 3802 };
const headerBytes = 20;
const jsonbVersion = 1;

type Item = string | Uint8Array | null;

const bytesOf = (item: Item, prefix: number): number => {
  if (item === null) return 4;
  return 4 + prefix + (typeof item === 'string' ? Buffer.byteLength(item) : item.length);
};

function array(oid: number, items: readonly Item[], version?: number): Buffer {
  const prefix = version === undefined ? 0 : 1;
  const buffer = Buffer.allocUnsafe(items.reduce((sum, item) => sum + bytesOf(item, prefix), headerBytes));
  let at = 0;
  const put = (number: number): void => {
    at = buffer.writeInt32BE(number, at);
  };
  for (const number of [1, items.includes(null) ? 1 : 0, oid, items.length, 1]) put(number); // dimensions, nulls, type, length, first index
  for (const item of items) {
    if (item === null) {
      put(-1);
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
export const bytes = (items: readonly Uint8Array[]): Buffer => array(oids.bytea, items);

/** A `bigint[]` of whole numbers told as texts. */
export function bigints(items: readonly string[]): Buffer {
  const numbers = Buffer.alloc(items.length * 8);
  return array(
    oids.int8,
    items.map((item, place) => {
      numbers.writeBigInt64BE(BigInt(item), place * 8);
      return numbers.subarray(place * 8, place * 8 + 8);
    }),
  );
}
